using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.ChildProcesses;

namespace DiaOrleans.Server.Recognition.ChildProcess;

/// <summary>
/// A child process that recognises speech: the same program with one model. It may die at any time. It takes one request at a time.
/// </summary>
internal sealed partial class WhisperProcess : IDisposable
{
    private readonly Process _process;
    private readonly ILogger _logger;
    private volatile bool _isEnded;

    private WhisperProcess(string size, Process process, ILogger logger)
    {
        Size = size;
        _process = process;
        _logger = logger;
        _ = LogErrors();
    }

    /// <summary>Name of its model's size.</summary>
    public string Size { get; }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it runs and can take a request.</summary>
    public bool Alive => !_isEnded && !_process.HasExited;

    /// <summary>Starts a process and waits until its model is loaded.</summary>
    /// <param name="size">Name of the model's size.</param>
    /// <param name="modelFile">Path of the model.</param>
    /// <param name="threads">Threads of a recognition.</param>
    /// <param name="logger">Log.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <exception cref="RecognitionException">It does not start, or the model does not load.</exception>
    public static async Task<WhisperProcess> Start(
        string size,
        string modelFile,
        int threads,
        ILogger logger,
        CancellationToken cancellation)
    {
        var child = new WhisperProcess(size, Launch(modelFile, threads), logger);
        try
        {
            await child.Exchange(
                $"The Whisper model {size} does not load.",
                RecognitionFault.Model,
                () => WorkerProtocol.ReadAnswer(child._process.StandardOutput.BaseStream, cancellation));
            Log.Loaded(logger, size, child.Id);
            return child;
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    /// <summary>Recognises a recording.</summary>
    /// <param name="samples">Mono, 16 kHz.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <exception cref="RecognitionException">It failed, or the process died.</exception>
    public async Task<RecognizedSpeech> Recognize(ReadOnlyMemory<float> samples, CancellationToken cancellation)
    {
        const string Message = "Speech recognition failed.";
        var answer = await Exchange(Message, RecognitionFault.Recording, async () =>
        {
            await WorkerProtocol.WriteSamples(_process.StandardInput.BaseStream, samples, cancellation);
            return await WorkerProtocol.ReadAnswer(_process.StandardOutput.BaseStream, cancellation);
        });
        return answer.Speech ?? throw new RecognitionException(Message);
    }

    /// <summary>Ends the process at once. Any thread may call it, also during a request.</summary>
    public void Dispose()
    {
        _isEnded = true;
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has already exited.
        }
    }

    /// <summary>
    /// Runs one request. If it is cancelled or the streams fail, the process is ended, since what it sends next may belong to that request.
    /// </summary>
    private async Task<WorkerAnswer> Exchange(string message, RecognitionFault fault, Func<Task<WorkerAnswer>> exchange)
    {
        try
        {
            var answer = await exchange();
            if (answer.Problem is null) return answer;
            Log.Refused(_logger, Size, answer.Problem);
            throw new RecognitionException(message) { Fault = fault };
        }
        catch (OperationCanceledException)
        {
            Dispose();
            throw;
        }
        catch (IOException e)
        {
            if (!_isEnded) Log.Died(_logger, Size);
            Dispose();
            throw new RecognitionException(message, e) { Fault = fault == RecognitionFault.Model ? fault : RecognitionFault.Process };
        }
    }

    private async Task LogErrors()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line) Log.Wrote(_logger, line);
        await _process.WaitForExitAsync();
    }

    private static Process Launch(string modelFile, int threads)
    {
        var count = threads.ToString(CultureInfo.InvariantCulture);
        try
        {
            return Process.Start(OwnProgram.Command(WorkerProtocol.Command, modelFile, "--threads", count))!;
        }
        catch (Win32Exception e)
        {
            throw new RecognitionException("The process for speech recognition does not start.", e) { Fault = RecognitionFault.Model };
        }
    }

    private static partial class Log
    {
        [LoggerMessage(501, LogLevel.Information, "The Whisper model {Size} is loaded, in process {Id}.")]
        public static partial void Loaded(ILogger logger, string size, int id);

        [LoggerMessage(502, LogLevel.Error, "Speech recognition with the Whisper model {Size}: {Problem}")]
        public static partial void Refused(ILogger logger, string size, string problem);

        [LoggerMessage(
            503,
            LogLevel.Error,
            "The process for speech recognition with the Whisper model {Size} died; the next recording starts a new one.")]
        public static partial void Died(ILogger logger, string size);

        [LoggerMessage(504, LogLevel.Debug, "Whisper: {Line}")]
        public static partial void Wrote(ILogger logger, string line);
    }
}
