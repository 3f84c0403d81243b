using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Lifetime;

/// <summary>A server process that is told to stop while clients use it.</summary>
public sealed class SignalTests : IDisposable
{
    /// <summary>13 s of audio or more: its WAV does not fit into the buffers of a connection.</summary>
    private static readonly string Text = string.Join(' ', Enumerable.Repeat("The lamp is still on, and nobody knows who left it.", 8));

    private static readonly string Stream =
        JsonSerializer.Serialize(new { input = Text, voice = "a", seed = 7, stream = true, sample_rate = 48000 });

    private readonly string _data = Directory.CreateTempSubdirectory("dia-signal-test-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task In_the_pause_the_server_is_not_ready_and_takes_requests_and_after_it_refuses_them()
    {
        using var server = await Start(pause: 3);
        var speaking = Speak(server);
        await server.Signal("TERM");
        await Until(async () => await Ready(server) == (503, """{"status":"not ready","reason":"draining"}"""));
        using (var late = await Speak(server))
        {
            late.StatusCode.ShouldBe(HttpStatusCode.OK);
            late.Headers.ConnectionClose.ShouldBe(true);
        }

        (await speaking).StatusCode.ShouldBe(HttpStatusCode.OK);
        // A client that does not read keeps the server until the limit of the drain: meanwhile it listens or has closed its port.
        (await server.WaitForExit()).ShouldBe(0);
    }

    [Fact]
    public async Task A_stream_that_is_read_slowly_arrives_whole_and_new_work_is_refused_with_a_time()
    {
        using var server = await Start();
        var expected = await Read(server, TimeSpan.Zero);
        using var slow = new PausingClient(server.Client.BaseAddress!);
        await slow.Send("/v1/audio/speech", Stream);
        using var second = new PausingClient(server.Client.BaseAddress!);
        await second.Send("/v1/audio/speech", Stream);
        await server.Signal("TERM");
        // While the engine works on the streams the server answers.
        using (var refused = await Speak(server))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
            (await refused.Detail()).ShouldBe("Worker pool not available");
        }

        foreach (var client in (PausingClient[])[slow, second])
            SHA256.HashData(await client.Read(TimeSpan.FromSeconds(3))).ShouldBe(SHA256.HashData(expected));
        (await server.WaitForExit()).ShouldBe(0);
    }

    [Fact]
    public async Task A_job_and_the_reader_of_its_events_do_not_hold_the_server_and_the_job_ends_after_the_next_start()
    {
        string id;
        using (var server = await Start())
        {
            var body = JsonSerializer.Serialize(new { text = string.Join(' ', Enumerable.Repeat(Text, 4)), voice_id = "a", seed = 3 });
            var answer = await server.Client.Accepted(HttpMethod.Post, "/generate?async_mode=true", body);
            id = answer.GetProperty("job_id").GetString()!;
            await Until(async () => await Status(server, id) == "processing");
            using var events = await server.Client.GetAsync($"/jobs/{id}/events", HttpCompletionOption.ResponseHeadersRead);
            var reading = events.Content.ReadAsStringAsync();
            var watch = Stopwatch.StartNew();
            await server.Signal("TERM");
            (await reading).ShouldContain("\"status\":\"processing\"");
            (await server.WaitForExit()).ShouldBe(0);
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        }

        using var next = await Start();
        await Until(async () => await Status(next, id) == "completed");
    }

    [Theory]
    [InlineData("TERM", 128 + 15)]
    [InlineData("INT", 128 + 2)]
    public async Task A_second_signal_ends_the_process_at_once(string signal, int exitCode)
    {
        using var server = await Start(pause: 600);
        var isIgnored = signal == "INT" && IgnoresInterrupts(server.Process.Id);
        Assert.SkipWhen(isIgnored, "The tests were started in the background, where SIGINT is ignored.");
        await server.Signal("TERM");
        await Until(async () => (await Ready(server)).Status == 503);
        await server.Signal(signal);
        (await server.WaitForExit()).ShouldBe(exitCode);
    }

    /// <summary>A shell without job control starts commands in the background so, and their own processes inherit it.</summary>
    private static bool IgnoresInterrupts(int process)
    {
        const string Ignored = "SigIgn:";
        const ulong Interrupt = 1 << 1;
        var status = $"/proc/{process}/status";
        if (!File.Exists(status)) return false;
        var line = File.ReadLines(status).First(line => line.StartsWith(Ignored, StringComparison.Ordinal));
        return (ulong.Parse(line.AsSpan(Ignored.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Interrupt) != 0;
    }

    private async Task<ServerProcess> Start(double pause = 0)
    {
        var command = ServerProcess.Command(_data);
        command.Environment["DIA_DRAIN_PAUSE_SECONDS"] = $"{pause}";
        var server = await ServerProcess.Follow(Process.Start(command)!, new SocketsHttpHandler());
        (await server.Client.PostJson("/voice_mappings", """{"voice_id":"a"}""")).IsSuccessStatusCode.ShouldBeTrue();
        await Until(async () => (await Ready(server)).Status == 200);
        return server;
    }

    private static Task<HttpResponseMessage> Speak(ServerProcess server) =>
        server.Client.PostJson("/generate", """{"text":"Where is my hat?","voice_id":"a","seed":1}""");

    private static async Task<byte[]> Read(ServerProcess server, TimeSpan pause)
    {
        using var client = new PausingClient(server.Client.BaseAddress!);
        await client.Send("/v1/audio/speech", Stream);
        return await client.Read(pause);
    }

    private static async Task<(int Status, string Body)> Ready(ServerProcess server)
    {
        using var answer = await server.Client.GetAsync("/health/ready");
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string?> Status(ServerProcess server, string job) =>
        (await (await server.Client.GetAsync($"/jobs/{job}")).Json()).GetProperty("status").GetString();

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!await condition()) await Task.Delay(20, limit.Token);
    }
}
