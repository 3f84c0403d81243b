using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Rendering;

/// <summary>A recording to continue, and what it says; without a transcript the model hears it but does not know its words.</summary>
internal sealed record VoicePrompt(AudioCodes Codes, string? Transcript)
{
    /// <summary>
    /// The head of it: as many frames as fit, and as many whole words, in proportion, as they say. A recording that is shortened without its transcript, or the reverse,
    /// ruins the voice (spec/model.md 9).
    /// </summary>
    /// <returns>Itself where it fits; null where nothing is left.</returns>
    public VoicePrompt? Fit(int maxFrames, int maxTextIds)
    {
        var ids = Transcript is null ? 0 : TextIds.Encode(Transcript).Length;
        if (Codes.Frames <= maxFrames && ids <= maxTextIds) return this;
        var share = Math.Min(Math.Min(1, (double)Math.Max(0, maxFrames) / Codes.Frames), ids == 0 ? 1 : (double)Math.Max(0, maxTextIds) / ids);
        var words = Transcript is null ? null : Head(Transcript, (int)(ids * share));
        if (words is not null) share = Math.Min(share, (double)TextIds.Encode(words).Length / ids);
        var frames = (int)(Codes.Frames * share);
        return frames == 0 ? null : new VoicePrompt(new AudioCodes(Codes.Cells[..(frames * Codes.Channels)], Codes.Channels), words);
    }

    private static string Head(string text, int maxIds)
    {
        var end = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] != ' ') continue;
            if (TextIds.Encode(text[..i]).Length > maxIds) break;
            end = i;
        }

        return text[..end].TrimEnd(' ');
    }
}
