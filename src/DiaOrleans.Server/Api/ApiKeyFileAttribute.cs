using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Api;

/// <summary>The path of a file with API keys. A file without a key is not valid: the server would be open to everyone.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ApiKeyFileAttribute() : TextRuleAttribute("a file that can be read and has a key")
{
    private const int MaxBytes = 64 << 10;

    /// <summary>The keys in a file: one a line, or separated by commas. Null if it cannot be read; none if the path is empty.</summary>
    public static IReadOnlyList<string>? Find(string? path)
    {
        if (string.IsNullOrEmpty(path)) return [];
        try
        {
            // Its size is checked first: the path of a device has no end.
            if (new FileInfo(path) is not { Exists: true, Length: <= MaxBytes }) return null;
            return [.. File.ReadLines(path).SelectMany(ApiOptions.SplitKeys)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    protected override bool Accepts(string text) => text.Length == 0 || Find(text) is { Count: > 0 };
}
