using System.Diagnostics;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Recognition.ModelFiles;
using DiaOrleans.Server.Recognition.ChildProcess;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Server.Tests.Recognition;

/// <summary>
/// With the real process and the real native library, on a model whose words do not depend on the recording: these tests do not show that
/// speech is recognised.
/// </summary>
public sealed class ChildRecognizerTests : IDisposable
{
    private static readonly RecognizerStatus OnDisk =
        new(true, true, OnDisk: true, ModelLoaded: false, "The Whisper model base is on disk.");

    private static readonly float[] Second = new float[16_000];
    private static readonly float[] Minutes = new float[16_000 * 240];

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecognitionOptions _options;
    private readonly WhisperModels _models;
    private readonly ChildRecognizer _recognizer;

    public ChildRecognizerTests()
    {
        _options = new RecognitionOptions { WhisperDownloads = false, ThreadCount = 1 };
        _models = new WhisperModels(_folder.Path, _options, PublishedModels.BySize, new HttpClient(), NullLogger<WhisperModels>.Instance);
        _recognizer = new ChildRecognizer(_models, _options, _time, NullLogger<ChildRecognizer>.Instance);
        ScriptedModel.Write(_folder.File("ggml-base.bin"));
    }

    public void Dispose()
    {
        _recognizer?.Dispose();
        _models?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_words_of_a_scripted_model_are_returned_with_their_times_by_one_process()
    {
        Status("base").ShouldBe(OnDisk);
        var speech = await _recognizer.Recognize(Second, "base", asked: true, CancellationToken.None);
        speech.Text.ShouldBe(ScriptedModel.Text);
        speech.Spans.Select(s => s.Text).ShouldBe(["hello", "world."]);
        speech.Spans[0].Start.ShouldBeInRange(0, 1);
        speech.Spans[1].End.ShouldBeInRange(speech.Spans[1].Start, 2);
        Status("base").ModelLoaded.ShouldBeTrue();

        var process = _recognizer.ProcessId;
        var requests = Enumerable.Range(0, 3).Select(_ => _recognizer.Recognize(Second, "base", asked: true, CancellationToken.None));
        (await Task.WhenAll(requests)).ShouldAllBe(s => s.Text == ScriptedModel.Text);
        _recognizer.ProcessId.ShouldBe(process, "one process answers many");
    }

    [Fact]
    public async Task A_process_that_is_killed_fails_its_request_and_the_next_one_starts_another()
    {
        var (process, request) = await Busy();
        process.Kill();
        var failed = await Should.ThrowAsync<RecognitionException>(request);
        (failed.Message, failed.Fault).ShouldBe(("Speech recognition failed.", RecognitionFault.Process));
        Status("base").ModelLoaded.ShouldBeFalse();
        (await _recognizer.Recognize(Second, "base", asked: true, CancellationToken.None)).Text.ShouldBe(ScriptedModel.Text);
    }

    [Fact]
    public async Task A_process_that_hangs_is_ended_and_the_next_recording_gets_another()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "processes are halted by signals");
        var (process, request) = await Busy();
        using (var halt = Process.Start("kill", ["-STOP", process.Id.ToString()])) await halt.WaitForExitAsync();
        _time.Advance(_options.AnswerLimit);
        (await Should.ThrowAsync<RecognitionException>(request.WaitAsync(TimeSpan.FromSeconds(20)))).Message.ShouldContain("10 minutes");
        (await _recognizer.Recognize(Second, "base", asked: true, CancellationToken.None)).Text.ShouldBe(ScriptedModel.Text);
    }

    [Fact]
    public async Task Requests_that_wait_when_the_process_is_killed_end_with_words_or_an_error_and_the_next_one_starts_another()
    {
        for (var round = 0; round < 3; round++)
        {
            var (process, first) = await Busy();
            var waiting = Enumerable.Range(0, 6)
                .Select(_ => _recognizer.Recognize(Second, "base", asked: true, CancellationToken.None))
                .ToArray();
            process.Kill();
            await Should.ThrowAsync<RecognitionException>(first);
            foreach (var request in waiting) await EndsWithWordsOrError(request);
            (await _recognizer.Recognize(Second, "base", asked: true, CancellationToken.None)).Text.ShouldBe(ScriptedModel.Text);
            _recognizer.ProcessId.ShouldNotBe(process.Id);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1599)]
    public async Task A_recording_too_short_for_a_word_says_nothing(int samples)
    {
        await _recognizer.Load("base", CancellationToken.None);
        var process = _recognizer.ProcessId;
        (await _recognizer.Recognize(new float[samples], "base", asked: true, CancellationToken.None)).Text.ShouldBeEmpty();
        _recognizer.ProcessId.ShouldBe(process);
    }

    [Fact]
    public async Task A_cancelled_request_ends_the_process()
    {
        using var cancellation = new CancellationTokenSource();
        var (process, request) = await Busy(cancellation.Token);
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(request);
        await process.WaitForExitAsync(Limit());
        _recognizer.ProcessId.ShouldBeNull();
    }

    [Fact]
    public async Task Disposal_ends_the_process_and_its_request()
    {
        var (process, request) = await Busy();
        _recognizer.Dispose();
        await Should.ThrowAsync<RecognitionException>(request);
        await process.WaitForExitAsync(Limit());
    }

    [Fact]
    public async Task A_model_without_requests_is_unloaded_and_loaded_again()
    {
        await _recognizer.Load("base", CancellationToken.None);
        using var process = Process.GetProcessById(_recognizer.ProcessId!.Value);
        _time.Advance(_options.IdleLimit - TimeSpan.FromSeconds(1));
        _recognizer.ProcessId.ShouldBe(process.Id);
        _time.Advance(TimeSpan.FromSeconds(1));
        await process.WaitForExitAsync(Limit());
        Status("base").ShouldBe(OnDisk);
        await _recognizer.Load("base", CancellationToken.None);
        Status("base").ModelLoaded.ShouldBeTrue();
    }

    [Fact]
    public async Task Another_size_replaces_the_one_that_is_loaded()
    {
        ScriptedModel.Write(_folder.File("ggml-tiny.bin"));
        await _recognizer.Load("base", CancellationToken.None);
        using var process = Process.GetProcessById(_recognizer.ProcessId!.Value);
        await _recognizer.Load("tiny", CancellationToken.None);
        await process.WaitForExitAsync(Limit());
        (Status("base").ModelLoaded, Status("tiny").ModelLoaded).ShouldBe((false, true));
    }

    [Fact]
    public async Task A_model_that_is_cut_short_does_not_load_and_the_error_has_no_path()
    {
        using (var file = File.OpenWrite(_folder.File("ggml-base.bin"))) file.SetLength(file.Length - 1000);
        var problem = await Should.ThrowAsync<RecognitionException>(() => _recognizer.Load("base", CancellationToken.None));
        problem.Message.ShouldBe("The Whisper model base does not load.");
        _recognizer.ProcessId.ShouldBeNull();
    }

    [Fact]
    public async Task A_crash_of_native_code_is_an_exception_of_the_request()
    {
        ScriptedModel.Write(_folder.File("crash.bin"), vocabulary: ["-"]);
        using var worker = await WhisperProcess.Start("base", _folder.File("crash.bin"), 1, NullLogger.Instance, CancellationToken.None);
        await Should.ThrowAsync<RecognitionException>(() => worker.Recognize(Second, CancellationToken.None));
        worker.Alive.ShouldBeFalse();
    }

    [Fact]
    public async Task A_process_ends_when_its_input_ends()
    {
        var server = Path.Combine(AppContext.BaseDirectory, "DiaOrleans.Server.dll");
        var start = new ProcessStartInfo("dotnet", [server, WorkerProtocol.Command, _folder.File("ggml-base.bin")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        (await WorkerProtocol.ReadAnswer(process.StandardOutput.BaseStream, Limit())).Problem.ShouldBeNull();
        process.StandardInput.Close();
        await process.WaitForExitAsync(Limit());
    }

    [Fact]
    public async Task An_unknown_size_fails_and_a_missing_model_is_unavailable()
    {
        await Should.ThrowAsync<RecognitionException>(() => _recognizer.Recognize(Second, "huge", asked: true, CancellationToken.None));
        await Should.ThrowAsync<RecognizerUnavailableException>(() => _recognizer.Load("small", CancellationToken.None));
        Status("small").Available.ShouldBeFalse();
        Status("huge").Available.ShouldBeFalse();
    }

    [Fact]
    public async Task A_missing_model_is_downloaded_only_if_a_client_asks_unless_the_setting_says_more()
    {
        var options = new RecognitionOptions { WhisperModelUrl = "http://127.0.0.1:1/", ThreadCount = 1 };
        using var models = new WhisperModels(
            _folder.Path,
            options,
            PublishedModels.BySize,
            new HttpClient(),
            NullLogger<WhisperModels>.Instance);
        using var recognizer = new ChildRecognizer(models, options, _time, NullLogger<ChildRecognizer>.Instance);
        var missing = recognizer.Report().Find("small");
        (missing.Available, missing.AvailableUnasked).ShouldBe((true, false));
        var refused = await Should.ThrowAsync<RecognizerUnavailableException>(
            () => recognizer.Recognize(Second, "small", asked: false, CancellationToken.None));
        refused.Message.ShouldBe(missing.Message);
        await Should.ThrowAsync<RecognizerUnavailableException>(() => recognizer.Fetch("small", CancellationToken.None));
        var tried = await Should.ThrowAsync<RecognitionException>(
            () => recognizer.Recognize(Second, "small", asked: true, CancellationToken.None));
        tried.Fault.ShouldBe(RecognitionFault.Download);
    }

    private RecognizerStatus Status(string size) => _recognizer.Report().Find(size);

    private static async Task EndsWithWordsOrError(Task<RecognizedSpeech> request)
    {
        try
        {
            (await request.WaitAsync(TimeSpan.FromSeconds(20))).Text.ShouldBe(ScriptedModel.Text);
        }
        catch (RecognitionException)
        {
            // The process died during the request.
        }
    }

    /// <summary>A process that is recognising a recording of minutes.</summary>
    private async Task<(Process Process, Task Request)> Busy(CancellationToken cancellation = default)
    {
        await _recognizer.Load("base", CancellationToken.None);
        var process = Process.GetProcessById(_recognizer.ProcessId!.Value);
        var idle = process.TotalProcessorTime;
        var request = _recognizer.Recognize(Minutes, "base", asked: true, cancellation);
        while (process.TotalProcessorTime - idle < TimeSpan.FromMilliseconds(300))
        {
            await Task.Delay(10);
            process.Refresh();
        }

        request.IsCompleted.ShouldBeFalse();
        return (process, request);
    }

    private static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;
}
