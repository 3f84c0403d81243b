using System.Diagnostics;
using System.Net;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Server.Decoding;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Server.Tests.Decoding;

/// <summary>The death of a decoder, seen by clients.</summary>
public sealed class KilledDecoderTests
{
    private const string Speech = """
        {"input":"The lamp is still on. The lamp is still on. The lamp is still on.","voice":"anna","seed":7,"stream":true}
        """;

    [Fact]
    public async Task An_upload_whose_decoder_is_killed_is_refused_and_no_stream_is_disturbed()
    {
        await using var server = await RunningServer.Start();
        var client = server.Client;
        await client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna"}""");
        var expected = await (await client.PostJson("/v1/audio/speech", Speech)).EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
        (await Upload(client)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var decoder = ((ChildRecordingReader)server.App.Services.GetRequiredService<IRecordingReader>()).ProcessIds.Single();
        Kill("-STOP", decoder);
        var upload = Upload(client);
        var stream = client.PostJson("/v1/audio/speech", Speech);
        await Task.Delay(300);
        upload.IsCompleted.ShouldBeFalse();
        Kill("-KILL", decoder);
        var refused = await upload;
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Detail()).ShouldBe(
            "Cannot read audio file. Please check the file format: The decoder stopped while it read this file.");
        (await (await stream).Content.ReadAsByteArrayAsync()).ShouldBe(expected);
        (await Upload(client)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Native_decoders_write_nothing_to_the_server_s_streams_whatever_they_are_sent()
    {
        using var folder = new TemporaryFolder();
        using var server = await ServerProcess.Start(folder.Path);
        var random = new Random(5);
        for (var i = 0; i < 40; i++)
        {
            var junk = new byte[4000];
            random.NextBytes(junk);
            byte[] file = [.. (i % 4) switch
            {
                0 => [0xFF, 0xFB, 0x90, 0x64],
                1 => "ID3\u0004\0\0\0\0\0\u007f"u8.ToArray(),
                2 => "fLaC\0\0\0\""u8.ToArray(),
                _ => "OggS\0\u0002"u8.ToArray(),
            }, .. junk];
            var answer = await server.Client.PostAsync("/audio_prompts/upload", PromptServer.Form("x", file, "x.mp3"));
            ((int)answer.StatusCode).ShouldBeOneOf(200, 400);
        }

        server.Process.Kill();
        (await server.Process.StandardError.ReadToEndAsync()).ShouldBeEmpty();
    }

    /// <summary>The recording needs ffmpeg, and in its place is a program that waits and ignores that its streams end.</summary>
    [Fact]
    public async Task A_decoder_that_hangs_ends_with_a_server_that_is_killed_and_so_does_its_child()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the program is a shell script");
        using var folder = new TemporaryFolder();
        var started = folder.File("started");
        await Script(folder.File("ffmpeg"), $"""
            #!/bin/sh
            trap '' PIPE HUP
            echo $$ $PPID > {started}.new && mv {started}.new {started}
            exec sleep 600
            """);
        using var server = await ServerProcess.Start(folder.File("data"), $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}");
        var mp4 = "\0\0\0\u0018ftypM4A \0\0\0\0M4A mp42"u8.ToArray();
        var upload = server.Client.PostAsync("/audio_prompts/upload", PromptServer.Form("me", mp4, "me.m4a"));
        await Until(() => File.Exists(started) || upload.IsCompleted);
        upload.IsCompleted.ShouldBeFalse();
        int[] processes = [.. (await File.ReadAllTextAsync(started)).Split(' ').Select(int.Parse)];
        processes.ShouldAllBe(process => IsRunning(process));
        Kill("-KILL", server.Process.Id);
        await Should.ThrowAsync<HttpRequestException>(upload);
        await Until(() => !processes.Any(IsRunning));
    }

    private static async Task Script(string path, string text)
    {
        await File.WriteAllTextAsync(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition()) await Task.Delay(20, limit.Token);
    }

    /// <summary>In a container nobody may ask for the end of a process without a parent: it stays as a zombie.</summary>
    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            var stat = $"/proc/{process}/stat";
            return !found.HasExited && !(File.Exists(stat) && File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is ArgumentException or IOException)
        {
            return false;
        }
    }

    private static Task<HttpResponseMessage> Upload(HttpClient client) =>
        client.PostAsync("/audio_prompts/upload", PromptServer.Form("me", PromptServer.Tone(2)));

    private static void Kill(string signal, int process)
    {
        using var kill = Process.Start("kill", [signal, process.ToString()]);
        kill.WaitForExit();
    }
}
