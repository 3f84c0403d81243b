using System.Text;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>ASCII's counterparts of typographic characters. Letters such as é and æ have none.</summary>
internal static class Typography
{
    /// <summary>The counterpart; null if the character has none.</summary>
    public static string? ToAscii(Rune rune) => rune.Value switch
    {
        0x2018 or 0x2019 or 0x201A or 0x201B => "'",
        0x201C or 0x201D or 0x201E or 0x201F => "\"",
        0x2026 => "...",
        0x2025 => "..",
        0x203C => "!!",
        0x2047 => "??",
        0x2048 => "?!",
        0x2049 => "!?",
        0x2010 or 0x2011 or 0x2012 or 0x2013 or 0x2212 => "-",
        0xFB00 => "ff",
        0xFB01 => "fi",
        0xFB02 => "fl",
        0xFB03 => "ffi",
        0xFB04 => "ffl",
        0xFB05 or 0xFB06 => "st",
        >= 0xFF01 and <= 0xFF5E => ((char)(rune.Value - 0xFF01 + '!')).ToString(),
        _ => null,
    };

    /// <summary>Whether the character marks an item of a list if it stands at the start of a line.</summary>
    public static bool IsBullet(Rune rune) =>
        rune.Value is 0x2022 or 0x2023 or 0x2043 or 0x2219 or 0x25AA or 0x25AB or 0x25B8 or 0x25CB or 0x25CF or 0x25E6;
}
