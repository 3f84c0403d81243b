using System.Text;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>What the model reads of spaces and controls; docs/api.md, Texts.</summary>
internal static class Spaces
{
    /// <summary>Removes asterisks and C0 controls, makes every run of whitespace one space, and trims.</summary>
    public static string Collapse(string text)
    {
        var cleaned = new StringBuilder(text.Length);
        var spaceBefore = false;
        foreach (var unit in text)
        {
            if (char.IsWhiteSpace(unit)) spaceBefore = cleaned.Length > 0;
            else if (IsKept(unit))
            {
                if (spaceBefore) cleaned.Append(' ');
                cleaned.Append(unit);
                spaceBefore = false;
            }
        }

        return cleaned.ToString();
    }

    /// <summary>
    /// Whether a character that is no whitespace reaches the model. C0 controls have the values of padding and tags there.
    /// </summary>
    public static bool IsKept(char unit) => unit >= ' ' && unit != '*';
}
