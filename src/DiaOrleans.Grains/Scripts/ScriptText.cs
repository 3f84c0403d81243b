using System.Text;
using System.Text.RegularExpressions;

namespace DiaOrleans.Grains.Scripts;

/// <summary>Cleans a script and gives it its speaker tags; spec/api.md 3.1.</summary>
public static partial class ScriptText
{
    private const string First = "[S1]";
    private const string Second = "[S2]";

    /// <summary>Without asterisks and control characters, whitespace folded. Empty where nothing is left to say: tags and spaces alone say nothing.</summary>
    public static string Clean(string text)
    {
        var cleaned = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                if (cleaned.Length > 0 && cleaned[^1] != ' ') cleaned.Append(' ');
            }
            else if (c != '*' && c >= ' ')
            {
                cleaned.Append(c);
            }
        }

        var result = cleaned.ToString().TrimEnd(' ');
        return string.IsNullOrWhiteSpace(AnyTag().Replace(result, " ")) ? "" : result;
    }

    /// <summary>
    /// A cleaned script with a tag in front of every turn and one at the end. Without tags it is the primary speaker's: [P] text [P]. Else a text before the first tag
    /// gets the other speaker's, and the end the second-to-last speaker's. Speakers other than S1 and S2 speak as S1.
    /// </summary>
    public static string Tag(string cleaned, string primarySpeaker)
    {
        var tags = AnyTag().Matches(cleaned);
        if (tags.Count == 0)
        {
            var own = primarySpeaker == "S2" ? Second : First;
            return $"{own} {cleaned} {own}";
        }

        var begun = cleaned.StartsWith('[') && tags[0].Index == 0 ? cleaned : $"{Other(tags[0].Value)} {cleaned}";
        if (begun.EndsWith(First, StringComparison.Ordinal) || begun.EndsWith(Second, StringComparison.Ordinal)) return begun;
        var last = tags[^1].Value;
        return $"{begun} {(AnyTag().Matches(begun).Any(t => t.Value != last) ? Other(last) : last)}";
    }

    private static string Other(string tag) => tag == First ? Second : First;

    [GeneratedRegex(@"\[S[12]\]")]
    private static partial Regex AnyTag();
}
