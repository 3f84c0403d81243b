using System.Text.Json;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Jobs;

/// <summary>A server process whose folder of job results cannot be written, because a file has its name.</summary>
public sealed class DiskFaultTests : IDisposable
{
    private const int Jobs = 3;

    private readonly string _data = Directory.CreateTempSubdirectory("dia-disk-test-").FullName;

    private string Results => Path.Combine(_data, "job_results");

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Jobs_accepted_while_results_cannot_be_written_complete_later_and_are_rendered_once()
    {
        using var server = await ServerProcess.Start(_data);
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
        if (Directory.Exists(Results)) Directory.Delete(Results, recursive: true);
        await File.WriteAllTextAsync(Results, "not a folder");
        var ids = new List<string>();
        for (var i = 0; i < Jobs; i++) ids.Add(await Submit(server.Client, i));

        // A generation is logged when its audio is finished, just before the result is written.
        await Until(async () => (await Json(server.Client, "/logs")).GetProperty("logs").GetArrayLength() > 0);
        // Long enough to release a job, lease it again and render it again.
        await Task.Delay(TimeSpan.FromSeconds(3));
        foreach (var id in ids) (await Status(server.Client, id)).ShouldBeOneOf("pending", "processing");

        File.Delete(Results);
        foreach (var id in ids) await Until(async () => await Status(server.Client, id) == "completed");
        var tokens = await Task.WhenAll(ids.Select(async id => Token(await Json(server.Client, $"/jobs/{id}"))));
        tokens.Distinct().ShouldHaveSingleItem("the token of a job that was leased again is larger");
        foreach (var id in ids)
        {
            var audio = await server.Client.GetByteArrayAsync($"/jobs/{id}/result");
            audio.AsSpan(0, 4).SequenceEqual("RIFF"u8).ShouldBeTrue();
        }
    }

    private static async Task<string> Submit(HttpClient client, int seed)
    {
        var body = JsonSerializer.Serialize(new { text = "Where is my hat? You are wearing it.", voice_id = "anna", seed });
        var answer = await client.PostJson("/generate?async_mode=true", body);
        return (await answer.EnsureSuccessStatusCode().Json()).GetProperty("job_id").GetString()!;
    }

    private static async Task<string> Status(HttpClient client, string id) =>
        (await Json(client, $"/jobs/{id}")).GetProperty("status").GetString()!;

    private static int Token(JsonElement job) =>
        int.Parse(Path.GetFileNameWithoutExtension(job.GetProperty("file_path").GetString()!).Split('-')[^1]);

    private static async Task<JsonElement> Json(HttpClient client, string path) =>
        await (await client.GetAsync(path)).EnsureSuccessStatusCode().Json();

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition()) await Task.Delay(50, limit.Token);
    }
}
