using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Cloning;

/// <summary>Makes room for new frames beside a prompt: the prompt's head is kept, and of its transcript as much; spec/api.md 3.3.</summary>
public static class PromptFit
{
    /// <summary>The prompt itself where it fits; null where there is no room for any of it. A recording shortened without its words, or the reverse, ruins the voice.</summary>
    /// <param name="prompt">Codes and transcript.</param>
    /// <param name="maxFrames">The most frames the prompt may take: the model's rows less the frames of the chunk.</param>
    /// <param name="maxTextIds">The most text ids that its transcript may take.</param>
    public static ResolvedPrompt? Within(ResolvedPrompt prompt, int maxFrames, int maxTextIds = int.MaxValue)
    {
        var codes = prompt.Codes;
        var ids = prompt.Transcript is { } all ? TextIds.Encode(all).Length : 0;
        if (codes.Frames <= maxFrames && ids <= maxTextIds) return prompt;
        var frames = Math.Min(codes.Frames, maxFrames);
        if (ids > maxTextIds) frames = (int)Math.Min(frames, (long)codes.Frames * maxTextIds / ids);
        if (frames <= 0) return null;
        var head = codes with { Cells = codes.Cells[..(frames * codes.Channels)] };
        return new ResolvedPrompt(head, prompt.Transcript is { } text ? HeadOf(text, (double)frames / codes.Frames) : null);
    }

    /// <summary>The words that begin and end within a share of the text; null where there are none. Tags take no time and do not end it.</summary>
    internal static string? HeadOf(string text, double share)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var room = share * words.Sum(Time);
        var taken = words.TakeWhile(word => (room -= Time(word)) >= 0).ToList();
        while (taken.Count > 0 && IsTag(taken[^1])) taken.RemoveAt(taken.Count - 1);
        return taken.Count > 0 ? string.Join(' ', taken) : null;
    }

    private static int Time(string word) => IsTag(word) ? 0 : word.Length + 1;

    private static bool IsTag(string word) => word is "[S1]" or "[S2]";
}
