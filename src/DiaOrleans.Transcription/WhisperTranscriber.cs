using Whisper.net;
using Whisper.net.LibraryLoader;
using Whisper.net.Logger;

namespace DiaOrleans.Transcription;

/// <summary>
/// A loaded Whisper model. A damaged model file can crash the process in native code, so use it in a child process. Not thread-safe.
/// </summary>
public sealed class WhisperTranscriber : IDisposable
{
    /// <summary>Sample rate of the input, Hz.</summary>
    public const int SampleRate = 16_000;

    // whisper.cpp recognises nothing in less than 100 ms, and reads beyond the end of the samples.
    private const int MinSamples = SampleRate / 10;

    private static readonly List<RuntimeLibrary> Libraries = [RuntimeLibrary.Cpu, RuntimeLibrary.CpuNoAvx];

    private readonly WhisperFactory _factory;
    private readonly WhisperProcessor _processor;
    private readonly List<SpokenSegment> _segments = [];

    private WhisperTranscriber(WhisperFactory factory, int threads)
    {
        _factory = factory;
        _processor = factory.CreateBuilder()
            .WithLanguageDetection()
            .WithThreads(threads)
            .WithTokenTimestamps()
            .WithSegmentEventHandler(AddSegment)
            .Build();
    }

    /// <summary>The reason why the native library cannot be loaded on this machine; null if it can.</summary>
    public static string? LibraryProblem()
    {
        try
        {
            RuntimeOptions.RuntimeLibraryOrder = Libraries;
            WhisperFactory.GetRuntimeInfo();
            return null;
        }
        catch (Exception problem)
        {
            return problem.GetBaseException().Message;
        }
    }

    /// <summary>Loads a model.</summary>
    /// <param name="modelFile">Path of a model in the ggml format.</param>
    /// <param name="threads">Threads for recognition.</param>
    /// <param name="log">Receives the log lines of the native library, on the library's threads.</param>
    /// <exception cref="TranscriptionException">The native library or the model cannot be loaded.</exception>
    public static WhisperTranscriber Open(string modelFile, int threads, Action<string> log)
    {
        RuntimeOptions.RuntimeLibraryOrder = Libraries;
        LogProvider.AddLogger((_, message) => log(message ?? ""));
        WhisperFactory? factory = null;
        try
        {
            factory = WhisperFactory.FromPath(modelFile, new WhisperFactoryOptions { UseGpu = false });
            return new WhisperTranscriber(factory, threads);
        }
        catch (Exception problem)
        {
            factory?.Dispose();
            throw new TranscriptionException($"The model does not load: {problem.GetBaseException().Message}", problem);
        }
    }

    /// <summary>Recognises a recording and detects its language.</summary>
    /// <param name="samples">Mono, -1 to 1, at <see cref="SampleRate"/>.</param>
    /// <returns>The segments in order; none if the recording is shorter than 100 ms.</returns>
    /// <exception cref="TranscriptionException">Recognition failed.</exception>
    public IReadOnlyList<SpokenSegment> Transcribe(ReadOnlySpan<float> samples)
    {
        if (samples.Length < MinSamples) return [];
        _segments.Clear();
        try
        {
            _processor.Process(samples);
            return [.. _segments];
        }
        catch (WhisperProcessingException problem)
        {
            throw new TranscriptionException($"Recognition failed: {problem.Message}", problem);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _processor.Dispose();
        _factory.Dispose();
    }

    private void AddSegment(SegmentData segment)
    {
        var words = WordSplitter.Split(segment.Text, segment.Tokens);
        _segments.Add(new SpokenSegment(segment.Start.TotalSeconds, segment.End.TotalSeconds, segment.Text, words));
    }
}
