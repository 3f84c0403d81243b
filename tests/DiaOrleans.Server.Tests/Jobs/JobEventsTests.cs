using System.Net;
using System.Text.Json;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Jobs;

/// <summary>GET /jobs/{id}/events with the shipped model; docs/api.md, Jobs.</summary>
public sealed class JobEventsTests : IDisposable
{
    private static readonly string Long = string.Join(' ', Enumerable.Repeat("The lamp is still on, and nobody knows who left it.", 60));

    private readonly string _data = Directory.CreateTempSubdirectory("dia-events-test-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Events_end_with_the_final_status_and_go_on_after_a_restart_of_the_server()
    {
        string id;
        var seen = new List<Event>();
        await using (var server = await RunningServer.Start(folder: _data))
        {
            (await server.Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
            id = await Submit(server.Client, Long);
            await foreach (var one in Read(server.Client, id, 0))
            {
                seen.Add(one);
                if (one.Progress > 0.05) break;
            }
        }

        seen[0].Status.ShouldBeOneOf("pending", "processing");
        seen[^1].Status.ShouldBe("processing");
        await using var next = await RunningServer.Start(folder: _data);
        await foreach (var one in Read(next.Client, id, seen[^1].Id)) seen.Add(one);
        seen.Select(one => one.Id).ShouldBeInOrder();
        seen.Select(one => one.Id).ShouldBeUnique();
        seen[^1].Status.ShouldBe("completed");
        seen[^1].Progress.ShouldBe(1);
        seen.Count(one => one.Status == "completed").ShouldBe(1);
        (await next.Client.GetAsync($"/jobs/{id}/result")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var late = new List<Event>();
        await foreach (var one in Read(next.Client, id, seen[^1].Id)) late.Add(one);
        late.ShouldHaveSingleItem().Status.ShouldBe("completed");
    }

    [Fact]
    public async Task A_server_that_stops_does_not_wait_for_a_reader_and_an_unknown_job_is_not_found()
    {
        await using var server = await RunningServer.Start(folder: _data);
        (await server.Client.GetAsync($"/jobs/{Guid.NewGuid()}/events")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
        var id = await Submit(server.Client, Long);
        await using var events = Read(server.Client, id, 0).GetAsyncEnumerator();
        (await events.MoveNextAsync()).ShouldBeTrue();
        var stopping = server.App.StopAsync();
        var more = true;
        while (more) more = await events.MoveNextAsync();
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static async Task<string> Submit(HttpClient client, string text)
    {
        var body = JsonSerializer.Serialize(new { text, voice_id = "anna", seed = 3 });
        var answer = await client.PostJson("/generate?async_mode=true", body);
        return (await answer.EnsureSuccessStatusCode().Json()).GetProperty("job_id").GetString()!;
    }

    private static async IAsyncEnumerable<Event> Read(HttpClient client, string id, long after)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/jobs/{id}/events");
        if (after > 0) request.Headers.Add("Last-Event-ID", $"{after}");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        long number = 0;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) line.ShouldBe("event: status");
            if (line.StartsWith("id: ", StringComparison.Ordinal)) number = long.Parse(line[4..]);
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            var job = JsonDocument.Parse(line[6..]).RootElement;
            var progress = job.GetProperty("progress");
            yield return new Event(
                number,
                job.GetProperty("status").GetString()!,
                progress.ValueKind == JsonValueKind.Null ? 0 : progress.GetDouble());
        }
    }

    private sealed record Event(long Id, string Status, double Progress);
}
