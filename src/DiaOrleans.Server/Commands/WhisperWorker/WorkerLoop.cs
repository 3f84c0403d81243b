using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Recognition.Workers;
using DiaOrleans.Transcription;

namespace DiaOrleans.Server.Commands.WhisperWorker;

/// <summary>Loads a model, answers recordings one after another.</summary>
internal static class WorkerLoop
{
    public static int Run(string modelFile, int threads)
    {
        // A Ctrl+C in a terminal and a stop of the service reach this process too: the server says when it is over.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        using var answers = Console.OpenStandardOutput();
        // Standard output is the server's: nothing else may write to it.
        Console.SetOut(Console.Error);
        using var recordings = new BlockingCollection<float[]>(1);
        new Thread(() => Read(recordings)) { IsBackground = true }.Start();
        try
        {
            using var transcriber = WhisperTranscriber.Open(modelFile, threads, Console.Error.Write);
            WorkerProtocol.WriteAnswer(answers, new WorkerAnswer(null, null));
            foreach (var samples in recordings.GetConsumingEnumerable()) WorkerProtocol.WriteAnswer(answers, Answer(transcriber, samples));
            return 0;
        }
        catch (TranscriptionException problem)
        {
            WorkerProtocol.WriteAnswer(answers, new WorkerAnswer(problem.Message, null));
            return 1;
        }
    }

    private static WorkerAnswer Answer(WhisperTranscriber transcriber, float[] samples)
    {
        try
        {
            return new WorkerAnswer(null, Speech(transcriber.Transcribe(samples)));
        }
        catch (TranscriptionException problem)
        {
            return new WorkerAnswer(problem.Message, null);
        }
    }

    private static RecognizedSpeech Speech(IReadOnlyList<SpokenSegment> segments)
    {
        var spans = segments.SelectMany(s => s.Words.Count > 0 ? s.Words.Select(w => new TranscriptSpan(w.Start, w.End, w.Text.Trim())) : [new TranscriptSpan(s.Start, s.End, s.Text.Trim())]);
        return new RecognizedSpeech(TranscriptText.Tidy(string.Concat(segments.Select(s => s.Text))), [.. spans.Where(s => s.Text.Length > 0)]);
    }

    /// <summary>Without a server there is nobody to answer: this process then ends at once, in the middle of a recognition too.</summary>
    private static void Read(BlockingCollection<float[]> recordings)
    {
        using var input = Console.OpenStandardInput();
        try
        {
            while (WorkerProtocol.ReadSamples(input) is { } samples) recordings.Add(samples);
        }
        catch (IOException problem)
        {
            Console.Error.WriteLine(problem.Message);
        }

        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
