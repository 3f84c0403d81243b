using DiaOrleans.Server.Hosting;

namespace DiaOrleans.Server.Tests.Api.Recognition;

/// <summary>The answers of the real recognizer about models that are missing or do not load.</summary>
public sealed class RecognitionEndpointsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ErrorLog _log = new();

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task An_unknown_size_is_503_for_a_load_and_500_for_a_transcription()
    {
        await using var server = await Start(new ServerOptions { WhisperDownloads = false });
        await server.Client.PutJson("/config", """{"whisper_model_size":"huge","auto_transcribe":false}""");
        (await server.Client.GetStringAsync("/whisper/status"))
            .ShouldBe(
                """{"available":false,"model_loaded":false,"model_size":null,"auto_transcribe":false"""
                + ""","message":"There is no Whisper model of the size 'huge'. There are: base, large, medium, small, tiny."}""");
        var load = await server.Client.PostAsync("/whisper/load", null);
        ((int)load.StatusCode, await load.Detail()).ShouldBe((503, "There is no Whisper model of that size."));
        load.Headers.RetryAfter.ShouldBeNull();
        await server.Client.PostAsync("/audio_prompts/upload", PromptServer.Form("a", PromptServer.Tone(1)));
        var transcription = await server.Client.PostAsync("/audio_prompts/a/transcribe", null);
        ((int)transcription.StatusCode, await transcription.Detail()).ShouldBe((500, "Transcription failed"));
    }

    [Fact]
    public async Task A_model_that_cannot_be_downloaded_now_is_503_with_retry_after_and_stays_available()
    {
        await using var server = await Start(new ServerOptions { WhisperModelUrl = "http://127.0.0.1:1/" });
        await server.Client.PutJson("/config", """{"auto_transcribe":false}""");
        (await Message(server)).ShouldBe("The Whisper model base is not on disk; the first request for a transcription downloads it.");
        var load = await server.Client.PostAsync("/whisper/load", null);
        ((int)load.StatusCode, load.Headers.RetryAfter?.Delta).ShouldBe((503, TimeSpan.FromSeconds(60)));
        var reason = await load.Detail();
        reason.ShouldStartWith("The Whisper model base was not downloaded: ");
        (await server.Client.GetStringAsync("/whisper/status")).ShouldContain("\"available\":true");
        (await Message(server)).ShouldBe(reason);
    }

    [Fact]
    public async Task A_file_that_does_not_load_is_500_and_its_cause_is_in_the_log_once_with_the_request()
    {
        Directory.CreateDirectory(_folder.File("whisper_models"));
        await File.WriteAllTextAsync(_folder.File("whisper_models/ggml-base.bin"), "junk junk junk");
        await using var server = await Start(new ServerOptions { WhisperDownloads = false });
        await server.Client.PutJson("/config", """{"auto_transcribe":false}""");
        var load = await server.Client.PostAsync("/whisper/load", null);
        ((int)load.StatusCode, await load.Detail()).ShouldBe((500, "Failed to load Whisper model"));
        (await Message(server)).ShouldBe("The Whisper model base is on disk, and did not load; the server's log says why.");
        var line = _log.Lines.Where(said => said.Contains("Speech recognition", StringComparison.Ordinal)).ShouldHaveSingleItem();
        line.ShouldContain("is no Whisper model in ggml's format");
        line.ShouldContain(load.Headers.GetValues("X-Request-ID").Single());
    }

    private static async Task<string?> Message(RunningServer server) =>
        (await (await server.Client.GetAsync("/whisper/status")).Json()).GetProperty("message").GetString();

    private Task<RunningServer> Start(ServerOptions options) => RunningServer.Start(options, _folder.Path, _log.AddTo);
}
