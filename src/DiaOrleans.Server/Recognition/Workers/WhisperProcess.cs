using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Server.Recognition.Workers;

/// <summary>The process that recognises speech, seen from the server: it is of the same program, holds one model, and may die at any time. One request at a time.</summary>
internal sealed partial class WhisperProcess : IDisposable
{
    private readonly Process _process;
    private readonly ILogger _logger;
    private volatile bool _ended;

    private WhisperProcess(string size, Process process, ILogger logger)
    {
        (Size, _process, _logger) = (size, process, logger);
        _ = Listen();
    }

    /// <summary>Of its model.</summary>
    public string Size { get; }

    public int Id => _process.Id;

    public bool Alive => !_ended && !_process.HasExited;

    /// <summary>Starts one and waits until its model is loaded.</summary>
    /// <exception cref="RecognitionException">It does not start, or the model does not load.</exception>
    public static async Task<WhisperProcess> Start(string size, string modelFile, int threads, ILogger logger, CancellationToken cancellation)
    {
        var worker = new WhisperProcess(size, Launch(modelFile, threads), logger);
        try
        {
            await worker.Talk($"The Whisper model {size} does not load.", RecognitionFault.Model, () => WorkerProtocol.ReadAnswer(worker._process.StandardOutput.BaseStream, cancellation));
            Log.Loaded(logger, size, worker.Id);
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>A cancelled request ends the process.</summary>
    /// <exception cref="RecognitionException">It failed, or the process died.</exception>
    public async Task<RecognizedSpeech> Recognize(ReadOnlyMemory<float> samples, CancellationToken cancellation)
    {
        const string Sentence = "Speech recognition failed.";
        var answer = await Talk(Sentence, RecognitionFault.Recording, async () =>
        {
            await WorkerProtocol.WriteSamples(_process.StandardInput.BaseStream, samples, cancellation);
            return await WorkerProtocol.ReadAnswer(_process.StandardOutput.BaseStream, cancellation);
        });
        return answer.Speech ?? throw new RecognitionException(Sentence);
    }

    /// <summary>Ends it at once, whatever it is doing. For any thread.</summary>
    public void Dispose()
    {
        _ended = true;
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has gone already.
        }
    }

    /// <summary>After a talk that was broken off nothing that the process says can be trusted: it ends.</summary>
    private async Task<WorkerAnswer> Talk(string sentence, RecognitionFault fault, Func<Task<WorkerAnswer>> talk)
    {
        try
        {
            var answer = await talk();
            if (answer.Problem is null) return answer;
            Log.Refused(_logger, Size, answer.Problem);
            throw new RecognitionException(sentence) { Fault = fault };
        }
        catch (OperationCanceledException)
        {
            Dispose();
            throw;
        }
        catch (IOException problem)
        {
            if (!_ended) Log.Died(_logger, Size);
            Dispose();
            throw new RecognitionException(sentence, problem) { Fault = fault };
        }
    }

    private async Task Listen()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line) Log.Says(_logger, line);
        await _process.WaitForExitAsync();
    }

    private static Process Launch(string modelFile, int threads)
    {
        var name = typeof(WhisperProcess).Assembly.GetName().Name!;
        var running = Environment.ProcessPath ?? "";
        string[] arguments = [WorkerProtocol.Command, modelFile, "--threads", threads.ToString(CultureInfo.InvariantCulture)];
        var start = Path.GetFileName(running) is var file && (file == name || file == $"{name}.exe")
            ? new ProcessStartInfo(running, arguments)
            : new ProcessStartInfo(file is "dotnet" or "dotnet.exe" ? running : "dotnet", [Path.Combine(AppContext.BaseDirectory, $"{name}.dll"), .. arguments]);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError, start.CreateNoWindow) = (true, true, true, true);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception problem)
        {
            throw new RecognitionException("The process for speech recognition does not start.", problem) { Fault = RecognitionFault.Model };
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The Whisper model {Size} is loaded, in process {Id}.")]
        public static partial void Loaded(ILogger logger, string size, int id);

        [LoggerMessage(2, LogLevel.Error, "Speech recognition with the Whisper model {Size}: {Problem}")]
        public static partial void Refused(ILogger logger, string size, string problem);

        [LoggerMessage(3, LogLevel.Error, "The process for speech recognition with the Whisper model {Size} died; the next recording starts a new one.")]
        public static partial void Died(ILogger logger, string size);

        [LoggerMessage(4, LogLevel.Debug, "Whisper: {Line}")]
        public static partial void Says(ILogger logger, string line);
    }
}
