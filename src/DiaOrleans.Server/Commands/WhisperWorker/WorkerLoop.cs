using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.ChildProcesses;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Recognition.ChildProcess;
using DiaOrleans.Transcription;

namespace DiaOrleans.Server.Commands.WhisperWorker;

/// <summary>The process that recognises speech: loads a model, and answers recordings one after another.</summary>
internal static class WorkerLoop
{
    /// <summary>Answers until standard input ends, which kills this process.</summary>
    /// <param name="modelFile">Path of the model.</param>
    /// <param name="threads">Threads of a recognition.</param>
    /// <returns>The exit code: 1 if the model does not load.</returns>
    public static int Run(string modelFile, int threads)
    {
        using var output = new WorkerOutput();
        var recordings = new WorkerInput<float[]>(WorkerProtocol.ReadSamples);
        try
        {
            using var transcriber = WhisperTranscriber.Open(modelFile, threads, Console.Error.Write);
            WorkerProtocol.WriteAnswer(output.Stream, new WorkerAnswer(null, null));
            foreach (var samples in recordings.Requests)
                WorkerProtocol.WriteAnswer(output.Stream, Answer(transcriber, samples));
            return 0;
        }
        catch (TranscriptionException e)
        {
            WorkerProtocol.WriteAnswer(output.Stream, new WorkerAnswer(e.Message, null));
            return 1;
        }
    }

    private static WorkerAnswer Answer(WhisperTranscriber transcriber, float[] samples)
    {
        try
        {
            return new WorkerAnswer(null, ToSpeech(transcriber.Transcribe(samples)));
        }
        catch (TranscriptionException e)
        {
            return new WorkerAnswer(e.Message, null);
        }
    }

    private static RecognizedSpeech ToSpeech(IReadOnlyList<SpokenSegment> segments)
    {
        var text = TranscriptText.Tidy(string.Concat(segments.Select(s => s.Text)));
        return new RecognizedSpeech(text, [.. segments.SelectMany(ToSpans).Where(s => s.Text.Length > 0)]);
    }

    /// <summary>The words of a segment; the whole segment if it has no words.</summary>
    private static IEnumerable<TranscriptSpan> ToSpans(SpokenSegment segment) => segment.Words.Count > 0
        ? segment.Words.Select(w => new TranscriptSpan(w.Start, w.End, w.Text.Trim()))
        : [new TranscriptSpan(segment.Start, segment.End, segment.Text.Trim())];
}
