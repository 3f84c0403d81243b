using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

/// <summary>What a call made.</summary>
internal sealed record SpeechClip(float[] Samples, CodeGrid Codes, bool EndedByItself);

/// <summary>Reads runs to their end.</summary>
internal static class RunReading
{
    /// <summary>Waits for the end of the run.</summary>
    /// <exception cref="Exception">What made it fail.</exception>
    public static async Task<SpeechClip> Clip(this EngineRun run)
    {
        var samples = new List<float>();
        var cells = new List<short>();
        var channels = 1;
        var endedByItself = false;
        await foreach (var happened in run.ReadEvents())
        {
            switch (happened)
            {
                case EngineEvent.SamplesMade made:
                    samples.AddRange(made.Samples);
                    break;
                case EngineEvent.CodesMade made:
                    cells.AddRange(made.Codes.Cells);
                    channels = made.Codes.Channels;
                    break;
                case EngineEvent.Completed completed:
                    endedByItself = completed.EndedByItself;
                    break;
                case EngineEvent.Failed failed:
                    throw failed.Cause;
            }
        }

        return new SpeechClip([.. samples], new CodeGrid([.. cells], channels), endedByItself);
    }
}
