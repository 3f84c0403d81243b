using System.Globalization;
using System.Text;
using ADRaffy.ENSNormalize;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Prompts;

/// <summary>
/// The rules for ids of audio prompts, which are parts of file names. Ids are compared in Unicode's normalisation form C.
/// </summary>
internal static class PromptId
{
    /// <summary>The most characters of an id that a client may upload.</summary>
    public const int MaxLength = 128;

    /// <summary>What <see cref="CanUpload"/> accepts, as a part of a sentence to a client.</summary>
    public const string Allowed =
        "use 1 to 128 letters and digits of any script, marks, spaces and _ - . ' ( ), 200 bytes of UTF-8 at most, "
        + "that do not begin with a dot or a space, do not contain '..' and do not end in a space, a dot or '.reference'";

    private const int MaxBytes = 200;
    private const string LongestSuffix = PromptFiles.ReferenceSuffix + ".txt";

    /// <summary>
    /// An id in normalisation form C. <see cref="string.Normalize()"/> returns its argument if globalization is invariant.
    /// </summary>
    public static string Normalise(string id) => Ascii.IsValid(id) || !IsWellFormed(id) ? id : ENSNormalize.NF.NFC(id);

    /// <summary>False for a string that cannot be a prompt's id. Check it before the string becomes a grain key.</summary>
    public static bool CanExist(string id) =>
        !string.IsNullOrWhiteSpace(id)
        && BlobKey.IsSafe(id + LongestSuffix)
        && !id.EndsWith(PromptFiles.ReferenceSuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>True if a client may upload a recording under the id, which must be normalised; docs/api.md, Audio prompts.</summary>
    public static bool CanUpload(string id)
    {
        var characters = id.EnumerateRunes().ToArray();
        return characters.Length is > 0 and <= MaxLength
            && characters.All(IsAllowed)
            && Encoding.UTF8.GetByteCount(id) <= MaxBytes
            && id[0] is not ('.' or ' ')
            && id[^1] is not ('.' or ' ')
            && !id.Contains("..", StringComparison.Ordinal)
            && CanExist(id);
    }

    private static bool IsAllowed(Rune character) => Rune.GetUnicodeCategory(character) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter => true,
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber => true,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => true,
        _ => character.Value is ' ' or '_' or '-' or '.' or '\'' or '(' or ')',
    };

    private static bool IsWellFormed(string id) => !id.EnumerateRunes().Contains(Rune.ReplacementChar);
}
