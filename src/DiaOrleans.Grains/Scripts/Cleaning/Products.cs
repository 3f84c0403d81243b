using System.Text;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>An asterisk between two numbers is spoken as "times".</summary>
internal static class Products
{
    public static string Speak(string block)
    {
        if (!block.Contains('*')) return block;
        var spoken = new StringBuilder(block.Length);
        for (var i = 0; i < block.Length; i++)
        {
            if (block[i] != '*' || !IsBetweenNumbers(block, i)) spoken.Append(block[i]);
            else spoken.Append(block[i - 1] == ' ' ? "times" : " times ");
        }

        return spoken.ToString();
    }

    /// <summary>Both numbers stand next to the asterisk, or both with one space between: "*2* 3" is emphasis.</summary>
    private static bool IsBetweenNumbers(string block, int at)
    {
        var gap = at > 0 && block[at - 1] == ' ' ? 1 : 0;
        var before = at - 1 - gap;
        return before >= 0 && char.IsDigit(block[before]) && (gap == 0 || (at + 1 < block.Length && block[at + 1] == ' '))
            && StartsWithNumber(block.AsSpan(at + 1 + gap));
    }

    private static bool StartsWithNumber(ReadOnlySpan<char> text)
    {
        if (text is ['-' or '+', ..]) text = text[1..];
        if (text is ['.', ..]) text = text[1..];
        return text.Length > 0 && char.IsDigit(text[0]);
    }
}
