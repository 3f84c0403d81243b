using System.Diagnostics;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Tests.Api;
using DiaOrleans.Server.Tests.Recognition;

namespace DiaOrleans.Server.Tests.Silence;

/// <summary>A server sends nothing that its user has not requested.</summary>
public sealed class SilenceTests(ITestOutputHelper output)
{
    /// <summary>Libraries that send usage data do so at intervals of up to half a minute.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(40);

    private const string Noise = "getent ahosts silence.example.org; echo >/dev/udp/192.0.2.1/9; echo >$HOME/left; touch here";

    [Fact]
    public async Task A_server_in_use_looks_up_no_name_connects_to_no_other_machine_and_writes_only_to_its_folders()
    {
        using var watched = WatchedProcess.Create();
        output.WriteLine(watched.Means);
        Directory.CreateDirectory(Path.Combine(watched.Data, "whisper_models"));
        ScriptedModel.Write(Path.Combine(watched.Data, "whisper_models", "ggml-tiny.bin"));
        var command = ServerProcess.Command(watched.Data);
        command.ArgumentList.Add("--dashboard");
        using var server = await ServerProcess.Follow(watched.Start(command), watched.Handler());
        await Use(server.Client);
        await Transcribe(server.Client);
        await Task.Delay(Wait);
        (await server.Client.GetAsync("/health")).EnsureSuccessStatusCode();
        using (var kill = Process.Start("kill", ["-TERM", server.Process.Id.ToString()])) await kill.WaitForExitAsync();
        await server.Process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        (await watched.Sightings()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_program_that_sends_and_writes_is_detected()
    {
        using var watched = WatchedProcess.Create();
        output.WriteLine(watched.Means);
        using var process = watched.Start(new ProcessStartInfo("bash", ["-c", Noise]) { RedirectStandardError = true });
        await process.WaitForExitAsync();
        var seen = await watched.Sightings();
        foreach (var line in seen) output.WriteLine(line);
        seen.ShouldContain(line => line.StartsWith("file ") && line.EndsWith("/home/left"));
        seen.ShouldContain(line => line.StartsWith("file ") && line.EndsWith("/work/here"));
        if (watched.Means.Contains("in a network namespace"))
        {
            seen.ShouldContain("name silence.example.org");
            seen.ShouldContain("addresses outside loopback: 1");
        }

        if (watched.Means.Contains("under strace")) seen.ShouldContain("address 192.0.2.1:9");
    }

    /// <summary>Also with a recording that waits for a model that is not on disk.</summary>
    private static async Task Use(HttpClient client)
    {
        await client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna"}""");
        (await client.PostJson("/generate", """{"text":"Where is my hat?","voice_id":"anna"}""")).EnsureSuccessStatusCode();
        (await client.PostAsync("/audio_prompts/upload", PromptServer.Form("recording", PromptServer.Tone(1)))).EnsureSuccessStatusCode();
        await client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"peter","audio_prompt":"recording"}""");
        (await client.PostJson("/generate", """{"text":"You are wearing it.","voice_id":"peter"}""")).EnsureSuccessStatusCode();
        foreach (var route in (string[])["/", "/docs", "/openapi.json", "/gpu/status", "/whisper/status", "/dashboard"])
            (await client.GetAsync(route)).EnsureSuccessStatusCode();
    }

    /// <summary>With the model that is on disk.</summary>
    private static async Task Transcribe(HttpClient client)
    {
        await client.Accepted(HttpMethod.Put, "/config", """{"whisper_model_size":"tiny"}""");
        var transcribed = await client.Accepted(HttpMethod.Post, "/audio_prompts/recording/transcribe", "");
        transcribed.GetProperty("transcript").GetString().ShouldBe(ScriptedModel.Text);
    }
}
