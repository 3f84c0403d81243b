using System.Text.RegularExpressions;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Prompts;

/// <summary>The rules for ids of audio prompts, which are parts of file names.</summary>
internal static partial class PromptId
{
    /// <summary>The most characters of an id that a client may upload.</summary>
    public const int MaxLength = 128;

    private const string LongestSuffix = PromptFiles.ReferenceSuffix + ".txt";

    /// <summary>False for a string that cannot be a prompt's id. Check it before the string becomes a grain key.</summary>
    public static bool CanExist(string id) =>
        !string.IsNullOrWhiteSpace(id)
        && BlobKey.IsSafe(id + LongestSuffix)
        && !id.EndsWith(PromptFiles.ReferenceSuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>True if a client may upload a recording under the id; spec/api.md 5.</summary>
    public static bool CanUpload(string id) =>
        id.Length <= MaxLength
        && Uploadable().IsMatch(id)
        && !id.Contains("..", StringComparison.Ordinal)
        && id[^1] is not (' ' or '.')
        && CanExist(id);

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9 _.-]*\z")]
    private static partial Regex Uploadable();
}
