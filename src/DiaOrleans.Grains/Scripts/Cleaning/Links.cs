using System.Text;
using Markdig.Helpers;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>
/// Links and images keep their text. The target must look like an address: <c>[S1](laughs)</c> and <c>[Anna](whispers)</c> are no links.
/// </summary>
internal static class Links
{
    private const int LongestTarget = 1000;

    public static string Strip(string block)
    {
        if (!block.Contains("](", StringComparison.Ordinal)) return block;
        var isMark = new bool[block.Length];
        var open = new Stack<int>();
        for (var i = 0; i < block.Length; i++)
        {
            if (block[i] == '\\') i++;
            else if (block[i] == '[') open.Push(i);
            else if (block[i] == ']' && open.TryPop(out var start) && FindEnd(block, start, i) is { } end)
            {
                isMark[start] = true;
                if (start > 0 && block[start - 1] == '!') isMark[start - 1] = true;
                Array.Fill(isMark, true, i, end - i);
                i = end - 1;
            }
        }

        var stripped = new StringBuilder(block.Length);
        for (var i = 0; i < block.Length; i++)
        {
            if (!isMark[i]) stripped.Append(block[i]);
        }

        return stripped.ToString();
    }

    /// <summary>Where the target of a link ends; null if the brackets are no link.</summary>
    private static int? FindEnd(string block, int open, int close)
    {
        if (close + 1 >= block.Length || block[close + 1] != '(') return null;
        var label = block.AsSpan(open, close + 1 - open);
        if (SpeakerTags.Is(label) || PauseMarks.Is(label)) return null;
        var target = new StringSlice(block, close + 1, Math.Min(block.Length, close + 1 + LongestTarget) - 1);
        if (!LinkHelper.TryParseInlineLink(ref target, out string? address, out _)) return null;
        return address is not null && IsAddress(address) ? target.Start : null;
    }

    private static bool IsAddress(string target) =>
        target.StartsWith("www.", StringComparison.OrdinalIgnoreCase) || target.Contains('/') || target.Contains('#') || HasScheme(target);

    private static bool HasScheme(string target)
    {
        var colon = target.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(target[0])
            && target[..colon].All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '+' or '-' or '.');
    }
}
