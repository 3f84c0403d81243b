using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Cloning;

/// <summary>
/// Truncates a prompt, its transcript in proportion to its codes, so that the model has room for new frames; docs/api.md, Cloning.
/// </summary>
public static class PromptFit
{
    /// <summary>
    /// The prompt itself if it fits, else its start; null if there is no room for any of it. Codes and transcript are always truncated
    /// together: with words that are not in the codes, or the reverse, the cloned voice is bad.
    /// </summary>
    /// <param name="prompt">Codes and transcript.</param>
    /// <param name="maxFrames">Limit of the prompt's frames: the model's rows less the frames of the new segment.</param>
    /// <param name="maxTextIds">Limit of the transcript's text ids.</param>
    public static ResolvedPrompt? Within(ResolvedPrompt prompt, int maxFrames, int maxTextIds = int.MaxValue)
    {
        var codes = prompt.Codes;
        var ids = prompt.Transcript is { } all ? TextIds.Encode(all).Length : 0;
        if (codes.Frames <= maxFrames && ids <= maxTextIds) return prompt;
        var frames = Math.Min(codes.Frames, maxFrames);
        if (ids > maxTextIds) frames = (int)Math.Min(frames, (long)codes.Frames * maxTextIds / ids);
        if (frames <= 0) return null;
        var text = prompt.Transcript is { } transcript ? TruncateText(transcript, (double)frames / codes.Frames) : null;
        return new ResolvedPrompt(TruncateCodes(codes, frames), text);
    }

    /// <summary>The first frames of the codes.</summary>
    internal static AudioCodes TruncateCodes(AudioCodes codes, int frames) =>
        codes with { Cells = codes.Cells[..(frames * codes.Channels)] };

    /// <summary>
    /// The words within the first share of a text, in proportion to its letters; null if there are none. Tags take no time, and none is
    /// left at the end.
    /// </summary>
    /// <param name="text">Words and tags, separated by spaces.</param>
    /// <param name="share">0 to 1.</param>
    internal static string? TruncateText(string text, double share)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var left = share * words.Sum(EstimateTime);
        var kept = words.TakeWhile(word => (left -= EstimateTime(word)) >= 0).ToList();
        while (kept.Count > 0 && IsTag(kept[^1])) kept.RemoveAt(kept.Count - 1);
        return kept.Count > 0 ? string.Join(' ', kept) : null;
    }

    /// <summary>The time to speak a word, in letters.</summary>
    private static int EstimateTime(string word) => IsTag(word) ? 0 : word.Length + 1;

    private static bool IsTag(string word) => word is "[S1]" or "[S2]";
}
