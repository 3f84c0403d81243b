using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DiaOrleans.Grains.Speech;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>Clients that stop reading for a while: a player whose buffer is full, a laptop that sleeps.</summary>
public sealed class PausedReaderTests
{
    /// <summary>Much more than fits into the buffers of a connection: 13 MB as WAV.</summary>
    private const int Seconds = 150;

    private const string Whole = """{"input":"Where is my hat? In the hall.","voice":"anna","seed":7}""";
    private const string Stream = """{"input":"Where is my hat? In the hall.","voice":"anna","seed":7,"stream":true}""";
    private const string Events = """{"input":"Where is my hat? In the hall.","voice":"anna","seed":7,"stream_format":"sse"}""";

    private static readonly string[] Kinds = [Whole, Stream, Events];

    /// <summary>
    /// The first pause is 150 s on the server's clock, longer than all its own time limits; the second is real, for those of the libraries.
    /// </summary>
    [Theory]
    [InlineData(10, 15)]
    [InlineData(1, 70)]
    public async Task Read_AfterAPause_HasEveryByte(double clock, int pause)
    {
        await using var server = await ScriptedServer.Start(engine: Engine(), time: new FastTime(clock));
        var expected = await Task.WhenAll(Kinds.Select(kind => Read(server, kind, TimeSpan.Zero)));
        expected.ShouldAllBe(answer => answer.Length > 10_000_000);
        var paused = await Task.WhenAll(Kinds.Select(kind => Read(server, kind, TimeSpan.FromSeconds(pause))));
        paused.ShouldBe(expected);
        await Until(() => Unread(server).Held == 0);
    }

    [Fact]
    public async Task Read_MoreThanMemoryMayHold_WaitsInPrivateFiles()
    {
        await using var server = await ScriptedServer.Start(new ServerOptions { UnreadAudioMegabytes = 1 }, Engine());
        var expected = await Task.WhenAll(Kinds.Select(kind => Read(server, kind, TimeSpan.Zero)));
        var paused = Kinds.Select(kind => Read(server, kind, TimeSpan.FromSeconds(4))).ToArray();
        var folder = Path.Combine(server.Folder, "unread");
        await Until(() => Directory.GetFiles(folder).Length == Kinds.Length);
        Unread(server).Held.ShouldBeLessThanOrEqualTo(1 << 20);
        if (!OperatingSystem.IsWindows())
        {
            Directory.GetFiles(folder).Select(File.GetUnixFileMode).Distinct().ShouldBe([UnixFileMode.UserRead | UnixFileMode.UserWrite]);
            File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        (await Task.WhenAll(paused)).ShouldBe(expected);
        await Until(() => Directory.GetFiles(folder).Length == 0);
    }

    [Fact]
    public async Task Read_MoreThanMemoryAndFilesMayHold_RefusedAndOthersGoOn()
    {
        var options = new ServerOptions { UnreadAudioMegabytes = 0, MaxUnreadFilesMegabytes = 20 };
        await using var server = await ScriptedServer.Start(options, Engine());
        using var pausing = new PausingClient(server.Server.Address);
        await pausing.Send("/v1/audio/speech", Whole);
        var folder = Path.Combine(server.Folder, "unread");
        await Until(() => Directory.Exists(folder) && Directory.GetFiles(folder) is [var file] && new FileInfo(file).Length > 10_000_000);
        var refused = await server.Client.PostJson("/v1/audio/speech", Whole);
        ((int)refused.StatusCode, await refused.Detail()).ShouldBe(
            (507, "Not enough disk space: audio that clients have not read yet has reached its limit of 20 MB (MaxUnreadFilesMegabytes)"));
        (await pausing.Read(TimeSpan.Zero)).Length.ShouldBeGreaterThan(10_000_000);
        (await server.Client.PostJson("/v1/audio/speech", Whole)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task HangUp_InAPause_FreesTheAudio()
    {
        await using var server = await ScriptedServer.Start(engine: Engine());
        foreach (var kind in Kinds)
        {
            using (var client = new PausingClient(server.Server.Address))
            {
                await client.Send("/v1/audio/speech", kind);
                await Until(() => Unread(server).Held > 0);
            }

            await Until(() => Unread(server).Held == 0);
        }
    }

    [Fact]
    public async Task Stop_WhileAClientDoesNotRead_EndsItsConnectionAtTheLimitOfTheDrain()
    {
        await using var server = await ScriptedServer.Start(new ServerOptions { DrainSeconds = 2 }, Engine());
        using var client = new PausingClient(server.Server.Address);
        await client.Send("/v1/audio/speech", Stream);
        var watch = Stopwatch.StartNew();
        await server.Server.App.StopAsync();
        watch.Elapsed.ShouldBeInRange(TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(8));
        await Should.ThrowAsync<IOException>(() => client.Read(TimeSpan.Zero));
    }

    /// <summary>Length and hash of the audio.</summary>
    private static async Task<(int Length, string Hash)> Read(ScriptedServer server, string body, TimeSpan pause)
    {
        using var client = new PausingClient(server.Server.Address);
        await client.Send("/v1/audio/speech", body);
        var answer = await client.Read(pause);
        if (body == Whole) client.Answer.Content.Headers.ContentLength.ShouldBe(answer.Length);
        var audio = body == Events ? Decode(answer) : answer;
        return (audio.Length, Convert.ToHexString(SHA256.HashData(audio)));
    }

    /// <summary>The audio of events, which are of any length.</summary>
    private static byte[] Decode(byte[] body)
    {
        JsonElement[] events =
        [
            .. Encoding.ASCII.GetString(body).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement),
        ];
        events[^1].GetProperty("type").GetString().ShouldBe("speech.audio.done");
        return [.. events.SkipLast(1).SelectMany(delta => delta.GetProperty("audio").GetBytesFromBase64())];
    }

    private static ScriptedEngine Engine() => new()
    {
        Script = run =>
        {
            for (var second = 0; second < Seconds; second++) run.Append(ScriptedEngine.Tone(1));
            return ScriptedEngine.Speak(run, Seconds, spoken: Seconds);
        },
    };

    private static UnreadAudio Unread(ScriptedServer server) => server.Server.App.Services.GetRequiredService<UnreadAudio>();

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition()) await Task.Delay(20, limit.Token);
    }
}
