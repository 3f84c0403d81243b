using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace DiaOrleans.Server.Tests.Api.Disk;

/// <summary>A server whose data folder is on a disk that becomes full to the last byte, and has room again later.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Size = "60m";
    private const string Text = """{"text":"Where is my hat?","voice_id":"anna","seed":1}""";
    private const string Long = """
        {"text":"Where is my hat? You are wearing it, Peter. Where is my coat? It is in the hall.","voice_id":"anna"}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_needs_room_is_507_nothing_is_lost_and_all_goes_on_when_there_is_room()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux has such file systems");
        var problem = SmallDisk.Problem(_folder.Path);
        Assert.SkipWhen(problem is not null, problem ?? "");
        using var server = await Start();
        var client = server.Client;
        var disk = SmallDisk.Of(server.Process, _folder.Path);
        await client.Accepted(HttpMethod.Put, "/config", """{"save_outputs":true,"auto_transcribe":false}""");
        foreach (var voice in (string[])["anna", "other"])
            await client.Accepted(HttpMethod.Post, "/voice_mappings", $$"""{"voice_id":"{{voice}}"}""");
        (await Upload(client, "me", 1)).EnsureSuccessStatusCode();
        await client.Accepted(HttpMethod.Put, "/audio_prompts/me/transcript", """{"transcript":"Before."}""");
        var expected = await (await client.PostJson("/generate", Text)).EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
        var jobs = new List<string>();
        for (var i = 0; i < 3; i++) jobs.Add(await Submit(client, Long));

        disk.Fill();
        foreach (var (method, path, body) in Writes("during"))
        {
            using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body) };
            await IsRefused(await client.SendAsync(request), path);
        }

        foreach (var seconds in (int[])[1, 20]) await IsRefused(await Upload(client, "new", seconds), "upload");
        foreach (var path in (string[])["/health", "/voices", "/audio_prompts/metadata", "/config", "/logs"])
            (await client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        (await client.DeleteAsync("/audio_prompts/new")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var job in jobs) (await Job(client, job)).ShouldBeOneOf("pending", "processing", "completed");

        disk.Free();
        foreach (var job in jobs) await Until(async () => await Job(client, job) == "completed");
        foreach (var job in jobs) (await client.GetByteArrayAsync($"/jobs/{job}/result")).Take(4).ShouldBe("RIFF"u8.ToArray());
        (await client.GetStringAsync("/voice_mappings")).ShouldNotContain("during");
        (await client.GetStringAsync("/audio_prompts/metadata/me")).ShouldContain("Before.");
        foreach (var (method, path, body) in Writes("after"))
        {
            using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body) };
            (await client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }

        (await Upload(client, "new", 20)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await (await client.PostJson("/generate", Text)).Content.ReadAsByteArrayAsync()).ShouldBe(expected);
        var newest = (await (await client.GetAsync("/logs?limit=1")).Json()).GetProperty("logs")[0].GetProperty("id").GetString();
        (await client.GetByteArrayAsync($"/logs/{newest}/download")).ShouldNotBeEmpty();
        server.Process.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task A_start_on_a_full_disk_after_a_kill_reads_all_refuses_what_needs_room_and_goes_on_when_there_is_room()
    {
        using var holder = Hold();
        var disk = SmallDisk.Of(holder, _folder.Path);
        try
        {
            string ended;
            using (var first = await StartOn(holder))
            {
                await first.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna"}""");
                ended = await Submit(first.Client, Text);
                await Until(async () => await Job(first.Client, ended) == "completed");
                first.Process.Kill();
                await first.Process.WaitForExitAsync();
            }

            disk.Fill();
            using var server = await StartOn(holder);
            var client = server.Client;
            foreach (var path in (string[])["/health", "/voices", "/config", "/logs", $"/jobs/{ended}", "/queue/stats"])
                (await client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
            var jobs = await (await client.GetAsync("/jobs")).EnsureSuccessStatusCode().Json();
            jobs.GetProperty("jobs").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(ended);
            (await client.GetByteArrayAsync($"/jobs/{ended}/result")).Take(4).ShouldBe("RIFF"u8.ToArray());
            await IsRefused(await client.PostJson("/generate?async_mode=true", Text), "job");
            await IsRefused(await client.DeleteAsync("/jobs"), "clear");

            disk.Free();
            var next = await Submit(client, Text);
            await Until(async () => await Job(client, next) == "completed");
        }
        finally
        {
            holder.Kill();
        }
    }

    [Fact]
    public async Task A_start_on_a_full_disk_after_a_clean_stop_says_so_and_ends()
    {
        using var holder = Hold();
        try
        {
            using (var first = await StartOn(holder))
            {
                await first.Signal("TERM");
                (await first.WaitForExit()).ShouldBe(0);
            }

            SmallDisk.Of(holder, _folder.Path).Fill();
            var refused = await Should.ThrowAsync<InvalidOperationException>(StartOn(holder));
            refused.Message.ShouldContain("cannot be written");
            refused.Message.ShouldContain("No space left");
            refused.Message.ShouldNotContain("   at ");
        }
        finally
        {
            holder.Kill();
        }
    }

    /// <summary>Requests that need room for rows of the database, for audio that waits for its client, and for bodies.</summary>
    private static IEnumerable<(HttpMethod Method, string Path, string Body)> Writes(string tag) =>
    [
        (HttpMethod.Post, "/v1/voice_mappings", $$"""{"voice_id":"{{tag}}"}"""),
        (HttpMethod.Put, "/voice_mappings/anna", $$"""{"style":"{{tag}}"}"""),
        (HttpMethod.Put, "/audio_prompts/me/transcript", $$"""{"transcript":"{{tag}}"}"""),
        (HttpMethod.Put, "/config", """{"save_outputs":true,"output_retention_hours":5,"auto_transcribe":false}"""),
        (HttpMethod.Delete, "/voice_mappings/other", ""),
        (HttpMethod.Post, "/generate?async_mode=true", Text),
        (HttpMethod.Post, "/generate", Text),
        (HttpMethod.Post, "/v1/audio/speech", """{"input":"Where is my hat?","voice":"anna","stream":true}"""),
        (HttpMethod.Get, "/preview/anna", ""),
        (HttpMethod.Post, "/generate", $$"""{"text":"Hi.","voice_id":"anna","more":"{{new string('x', 600_000)}}"}"""),
    ];

    private static async Task IsRefused(HttpResponseMessage answer, string what)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.InsufficientStorage, what);
        (await answer.Detail()).ShouldBe("Not enough disk space", what);
    }

    private static Task<HttpResponseMessage> Upload(HttpClient client, string id, double seconds) =>
        client.PostAsync("/audio_prompts/upload", PromptServer.Form(id, PromptServer.Tone(seconds)));

    private static async Task<string> Submit(HttpClient client, string body) =>
        (await client.Accepted(HttpMethod.Post, "/generate?async_mode=true", body)).GetProperty("job_id").GetString()!;

    private static async Task<string> Job(HttpClient client, string id) =>
        (await (await client.GetAsync($"/jobs/{id}")).EnsureSuccessStatusCode().Json()).GetProperty("status").GetString()!;

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition()) await Task.Delay(50, limit.Token);
    }

    /// <summary>The quantised weights and the start need 30 MB.</summary>
    private Task<ServerProcess> Start() => Start(SmallDisk.Wrap(ServerProcess.Command(_folder.Path), Size, _folder.Path));

    private Task<ServerProcess> StartOn(Process holder) => Start(SmallDisk.Enter(ServerProcess.Command(_folder.Path), holder));

    private Process Hold()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux has such file systems");
        var problem = SmallDisk.Problem(_folder.Path);
        Assert.SkipWhen(problem is not null, problem ?? "");
        return SmallDisk.Hold(Size, _folder.Path);
    }

    private static Task<ServerProcess> Start(ProcessStartInfo start)
    {
        start.Environment["DIA_MIN_FREE_MEGABYTES"] = "0";
        start.Environment["DIA_UNREAD_AUDIO_MEGABYTES"] = "0";
        return ServerProcess.Follow(Process.Start(start)!, new SocketsHttpHandler());
    }
}
