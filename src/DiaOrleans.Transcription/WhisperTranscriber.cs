using Whisper.net;
using Whisper.net.LibraryLoader;
using Whisper.net.Logger;

namespace DiaOrleans.Transcription;

/// <summary>A loaded Whisper model. A damaged one can end the whole process in native code: load it in a process that may end. Not for two threads at a time.</summary>
public sealed class WhisperTranscriber : IDisposable
{
    /// <summary>Samples a second of what it hears.</summary>
    public const int SampleRate = 16_000;

    private readonly WhisperFactory _factory;
    private readonly WhisperProcessor _processor;
    private readonly List<SpokenSegment> _heard = [];

    private WhisperTranscriber(WhisperFactory factory, int threads)
    {
        _factory = factory;
        _processor = factory.CreateBuilder()
            .WithLanguageDetection()
            .WithThreads(threads)
            .WithTokenTimestamps()
            .WithSegmentEventHandler(s => _heard.Add(new SpokenSegment(s.Start.TotalSeconds, s.End.TotalSeconds, s.Text, WordSplit.Of(s.Text, s.Tokens))))
            .Build();
    }

    /// <param name="modelFile">A model in ggml's format.</param>
    /// <param name="threads">Threads that recognition may use.</param>
    /// <param name="log">Gets what the native library tells; it is called on the library's threads.</param>
    /// <exception cref="TranscriptionException">The native library or the model does not load.</exception>
    public static WhisperTranscriber Open(string modelFile, int threads, Action<string> log)
    {
        RuntimeOptions.RuntimeLibraryOrder = [RuntimeLibrary.Cpu, RuntimeLibrary.CpuNoAvx];
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

    /// <summary>What a recording says, its language found by itself.</summary>
    /// <param name="samples">Mono, -1 to 1, at <see cref="SampleRate"/>.</param>
    /// <exception cref="TranscriptionException">Recognition failed.</exception>
    public IReadOnlyList<SpokenSegment> Transcribe(ReadOnlySpan<float> samples)
    {
        _heard.Clear();
        try
        {
            _processor.Process(samples);
            return [.. _heard];
        }
        catch (WhisperProcessingException problem)
        {
            throw new TranscriptionException($"Recognition failed: {problem.Message}", problem);
        }
    }

    public void Dispose()
    {
        _processor.Dispose();
        _factory.Dispose();
    }
}
