using System.Text;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>What a fake engine makes of a call.</summary>
/// <param name="Samples">Mono, -1 to 1.</param>
/// <param name="Codes">[frames, channels].</param>
/// <param name="EndedByItself">False if the limit of frames ended it.</param>
internal sealed record SpeechClip(float[] Samples, CodeGrid Codes, bool EndedByItself = true);

/// <summary>Plays an engine's part, and reads what an engine is given.</summary>
internal static class EngineScript
{
    extension(SpeechCall call)
    {
        /// <summary>The text of the call's ids.</summary>
        public string Text => Decode(call.TextIds);
    }

    /// <summary>The text whose ids these are.</summary>
    public static string Decode(IEnumerable<int> ids)
    {
        var bytes = new List<byte>();
        foreach (var id in ids) bytes.AddRange(TextIds.IsTag(id) ? Encoding.UTF8.GetBytes($"[S{id}]") : [(byte)id]);
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>Reports a clip from its first sample on, and ends the run.</summary>
    public static void Complete(this SpeechRun run, SpeechClip clip) => run.CompleteFrom(0, clip);

    /// <summary>Reports the codes of a clip and its samples from <paramref name="start"/> on, and ends the run.</summary>
    public static void CompleteFrom(this SpeechRun run, int start, SpeechClip clip)
    {
        run.Append(clip.Codes);
        run.Append(clip.Samples[start..]);
        run.Complete(clip.EndedByItself);
    }

    /// <summary>Reports codes and ends the run.</summary>
    public static void Complete(this EncodingRun run, CodeGrid codes)
    {
        run.Append(codes);
        run.Complete(endedByItself: true);
    }
}
