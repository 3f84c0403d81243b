using System.Net;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Server.Api.Disk;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Api.Disk;

/// <summary>While the disk has little space, nothing more is accepted, and what is accepted is kept.</summary>
public sealed class DiskGuardTests
{
    private const string Text = """{"text":"Where is my hat?","voice_id":"anna"}""";

    [Fact]
    public async Task A_disk_with_little_space_refuses_what_would_be_stored_and_nothing_else()
    {
        var space = new Space();
        await using var server = await Start(new ServerOptions { MinFreeMegabytes = 100 }, space);
        var client = server.Client;
        var accepted = await Submit(client);
        space.Bytes = (100L << 20) - 1;
        foreach (var (method, path, body) in ((HttpMethod, string, string)[])
            [
                (HttpMethod.Post, "/generate?async_mode=true", Text),
                (HttpMethod.Post, "/v1/voice_mappings", """{"voice_id":"new"}"""),
                (HttpMethod.Put, "/voice_mappings/anna", """{"style":"calm"}"""),
                (HttpMethod.Put, "/audio_prompts/me/transcript", """{"transcript":"Text."}"""),
                (HttpMethod.Post, "/audio_prompts/discover", "{}"),
                (HttpMethod.Post, "/audio_prompts/upload", ""),
                (HttpMethod.Post, "/whisper/load", "{}"),
            ])
        {
            var answer = await client.SendAsync(new HttpRequestMessage(method, path) { Content = new StringContent(body) });
            answer.StatusCode.ShouldBe(HttpStatusCode.InsufficientStorage, path);
            (await answer.Detail()).ShouldBe("Not enough disk space: 99 MB are free, and 100 MB stay free (MinFreeMegabytes)");
        }

        (await client.PostJson("/generate", Text)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.PostJson("/generate?async_mode=true", "{}")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        await client.Accepted(HttpMethod.Put, "/config", """{"output_retention_hours":1}""");
        (await Result(client, accepted)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.DeleteAsync("/voice_mappings/anna")).StatusCode.ShouldBe(HttpStatusCode.OK);
        space.Bytes = 100L << 20;
        await client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"new"}""");
        space.Bytes = null;
        await client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"new"}""");
    }

    [Fact]
    public async Task Results_at_their_limit_refuse_further_jobs_until_they_are_deleted()
    {
        await using var server = await Start(new ServerOptions { MaxResultsMegabytes = 1 }, new Space());
        var client = server.Client;
        var results = Directory.CreateDirectory(Path.Combine(server.Folder, "job_results")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(results, "x.wav"), new byte[1 << 20]);
        var refused = await client.PostJson("/v1/generate?async_mode=true", Text);
        refused.StatusCode.ShouldBe(HttpStatusCode.InsufficientStorage);
        (await refused.Detail()).ShouldBe(
            "Not enough disk space: job_results has reached its limit of 1 MB: delete some, or raise MaxResultsMegabytes");
        (await refused.Json()).GetProperty("error").GetProperty("type").GetString().ShouldBe("server_error");
        File.Delete(Path.Combine(results, "x.wav"));
        (await Result(client, await Submit(client))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Recordings_at_their_limit_refuse_a_further_one_and_a_replacement_that_fits_is_stored()
    {
        await using var server = await Start(new ServerOptions { MaxRecordingsMegabytes = 1 }, new Space());
        (await Upload(server.Client, "a", 10)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var refused = await Upload(server.Client, "b", 10);
        refused.StatusCode.ShouldBe(HttpStatusCode.InsufficientStorage);
        (await refused.Detail()).ShouldContain("audio_prompts has reached its limit of 1 MB");
        (await server.Client.GetAsync("/audio_prompts/metadata/b")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Upload(server.Client, "a", 11)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await server.Client.DeleteAsync("/audio_prompts/a")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Upload(server.Client, "b", 10)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Voices_and_prompts_beyond_their_limits_are_refused()
    {
        await using var server = await Start(new ServerOptions { MaxVoices = 2, MaxPrompts = 1 }, new Space());
        await server.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"b"}""");
        for (var i = 0; i < 50; i++)
        {
            var refused = await server.Client.PostJson("/voice_mappings", $$"""{"voice_id":"{{i}}"}""");
            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await refused.Detail()).ShouldBe("There are 2 voices, which is the limit: delete some, or raise MaxVoices");
        }

        await server.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"b","style":"calm"}""");
        (await Upload(server.Client, "a", 1)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var second = await Upload(server.Client, "b", 1);
        second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await second.Detail()).ShouldBe("There are 1 audio prompts, which is the limit: delete some, or raise MaxPrompts");
        (await Upload(server.Client, "a", 2)).StatusCode.ShouldBe(HttpStatusCode.OK);
        File.Exists(Path.Combine(server.Folder, "audio_prompts", "b.wav")).ShouldBeFalse();
    }

    [Fact]
    public void A_full_disk_is_recognised_in_the_cause_of_a_failure()
    {
        var full = new IOException("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
        DiskFull.Find(new InvalidOperationException("x", new IOException("x", full))).ShouldBe("Not enough disk space");
        DiskFull.Find(new SqliteException("database or disk is full", 13)).ShouldBe("Not enough disk space");
        DiskFull.Find(new FolderFullException("f", new FolderLimit(3, "S", DropsOldest: false)))
            .ShouldBe("Not enough disk space: f has reached its limit of 3 MB: delete some, or raise S");
        DiskFull.Find(new IOException("x")).ShouldBeNull();
        DiskFull.Find(new SqliteException("locked", 5)).ShouldBeNull();
    }

    [Fact]
    public void The_free_space_of_a_folder_is_known() =>
        new FreeSpace(Path.GetTempPath()).Bytes.ShouldNotBeNull().ShouldBeGreaterThan(0);

    private static async Task<RunningServer> Start(ServerOptions options, Space space)
    {
        var server = await RunningServer.Start(options, services: services => services.AddSingleton<IFreeSpace>(space));
        await server.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna"}""");
        return server;
    }

    private static Task<HttpResponseMessage> Upload(HttpClient client, string id, double seconds) =>
        client.PostAsync("/audio_prompts/upload", PromptServer.Form(id, PromptServer.Tone(seconds)));

    private static async Task<string> Submit(HttpClient client) =>
        (await client.Accepted(HttpMethod.Post, "/generate?async_mode=true", Text)).GetProperty("job_id").GetString()!;

    private static async Task<HttpResponseMessage> Result(HttpClient client, string job)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        HttpResponseMessage answer;
        while ((int)(answer = await client.GetAsync($"/jobs/{job}/result", limit.Token)).StatusCode == 425)
            await Task.Delay(50, limit.Token);
        return answer;
    }

    private sealed class Space : IFreeSpace
    {
        public long? Bytes { get; set; } = 1L << 40;
    }
}
