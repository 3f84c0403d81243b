using System.Text.RegularExpressions;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Prompts;

/// <summary>Which strings can name an audio prompt: its files are named by it.</summary>
internal static partial class PromptId
{
    private const string LongestSuffix = PromptFiles.ReferenceMark + ".txt";

    /// <summary>Whether a recording can be found under it. False for what cannot be the beginning of a file's name; such an id never becomes a grain key.</summary>
    public static bool CanExist(string id) =>
        !string.IsNullOrWhiteSpace(id) && BlobKey.IsSafe(id + LongestSuffix) && !id.EndsWith(PromptFiles.ReferenceMark, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a client may register a recording under it; spec/api.md 5.</summary>
    public static bool CanUpload(string id) =>
        Uploadable().IsMatch(id) && !id.Contains("..", StringComparison.Ordinal) && id[^1] is not (' ' or '.') && CanExist(id);

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9 _.-]{0,127}\z")]
    private static partial Regex Uploadable();
}
