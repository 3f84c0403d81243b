using System.Text;
using System.Text.RegularExpressions;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>The marks of pauses: <c>[pause:1s]</c>, and SSML's <c>&lt;break time="1s"/&gt;</c>, which becomes one.</summary>
internal static partial class PauseMarks
{
    private const string Start = "[pause:";
    private const string Unspecified = "500ms";
    private const int Longest = 40;

    /// <summary>Whether the text is one mark; the length it names need not be valid.</summary>
    public static bool Is(ReadOnlySpan<char> text) => text.Length > 0 && LengthAtStart(text) == text.Length;

    /// <summary>Characters of the mark at the start of the text; 0 if there is none.</summary>
    public static int LengthAtStart(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith(Start, StringComparison.OrdinalIgnoreCase)) return 0;
        var close = text[..Math.Min(text.Length, Longest)].IndexOfAny(']', '\n');
        return close > 0 && text[close] == ']' ? close + 1 : 0;
    }

    /// <summary>The text with a space for each mark.</summary>
    public static string Remove(string text)
    {
        if (!text.Contains(Start, StringComparison.OrdinalIgnoreCase)) return text;
        var kept = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = LengthAtStart(text.AsSpan(i));
            kept.Append(length > 0 ? ' ' : text[i]);
            i += Math.Max(1, length);
        }

        return kept.ToString();
    }

    /// <summary>What a mark says about its length.</summary>
    public static ReadOnlySpan<char> ReadLength(ReadOnlySpan<char> mark) => mark[Start.Length..^1].Trim();

    /// <summary>The mark for a tag of SSML; half a second if it names no time.</summary>
    public static string FromBreak(string tag) =>
        $"[pause:{(TimeAttribute().Match(tag) is { Success: true } time ? time.Groups[1].Value : Unspecified)}]";

    [GeneratedRegex(@"\btime\s*=\s*[""']?\s*([^""'\s/>\[\]]{1,30})", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex TimeAttribute();
}
