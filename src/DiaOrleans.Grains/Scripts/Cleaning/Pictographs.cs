using System.Globalization;
using System.Text;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>
/// Emoji, their modifiers, and other signs that are pictures. Signs that are read aloud, such as ° © ® ™ №, are none.
/// </summary>
internal static class Pictographs
{
    public static bool Contains(Rune rune) => rune.Value switch
    {
        < 0x2190 => false,
        // Letters and digits in circles, and CJK's units and numbers.
        (>= 0x2460 and <= 0x24FF) or (>= 0x3200 and <= 0x33FF) or (>= 0x1F100 and <= 0x1F10C) => false,
        // Emoji of the category of mathematical signs.
        0x2194 or (>= 0x25FB and <= 0x25FE) => true,
        // The planes of emoji, with the characters that a newer Unicode adds.
        >= 0x1F000 and <= 0x1FAFF => true,
        _ => Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol,
    };
}
