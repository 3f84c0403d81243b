using System.Text;

namespace DiaOrleans.Inference.Decoding;

/// <summary>Text ids of the text encoder: UTF-8 bytes, with one id for a speaker tag; docs/model.md, Text ids.</summary>
public static class TextIds
{
    /// <summary>Tag of the first speaker; exact, upper case.</summary>
    public const string FirstSpeaker = "[S1]";

    /// <summary>Tag of the second speaker.</summary>
    public const string SecondSpeaker = "[S2]";

    private const int FirstSpeakerId = 1;
    private const int SecondSpeakerId = 2;
    private const char FirstPrintable = ' ';

    /// <summary>
    /// One id for each byte, 1 and 2 for the tags, no padding, no limit of length. C0 controls are left out, because their values are those
    /// of padding and tags. A lone surrogate becomes U+FFFD.
    /// </summary>
    public static int[] Encode(string text)
    {
        var ids = new List<int>(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (StartsWithTag(rest))
            {
                ids.Add(rest.StartsWith(FirstSpeaker) ? FirstSpeakerId : SecondSpeakerId);
                rest = rest[FirstSpeaker.Length..];
                continue;
            }
            Rune.DecodeFromUtf16(rest, out var rune, out var consumed);
            if (rune.Value >= FirstPrintable)
            {
                foreach (var unit in bytes[..rune.EncodeToUtf8(bytes)]) ids.Add(unit);
            }
            rest = rest[consumed..];
        }
        return [.. ids];
    }

    /// <summary>
    /// UTF-8 bytes without tags, spaces at the ends not counted and runs of spaces counted once, so that tags do not change the number. 0
    /// means that there is nothing to speak.
    /// </summary>
    public static int OwnTextBytes(string text) => CountOwnBytes(Encode(text));

    /// <summary><see cref="OwnTextBytes"/> of a text that is encoded already.</summary>
    /// <param name="ids">What <see cref="Encode"/> returned.</param>
    public static int CountOwnBytes(ReadOnlySpan<int> ids)
    {
        var bytes = 0;
        var spaceBefore = false;
        foreach (var id in ids)
        {
            if (IsTag(id)) continue;
            if (id == ' ')
            {
                spaceBefore = bytes > 0;
                continue;
            }
            bytes += spaceBefore ? 2 : 1;
            spaceBefore = false;
        }
        return bytes;
    }

    /// <summary>Whether an id is that of a speaker tag.</summary>
    public static bool IsTag(int id) => id is FirstSpeakerId or SecondSpeakerId;

    /// <summary>Whether <paramref name="text"/> begins with a speaker tag.</summary>
    public static bool StartsWithTag(ReadOnlySpan<char> text) => text.StartsWith(FirstSpeaker) || text.StartsWith(SecondSpeaker);
}
