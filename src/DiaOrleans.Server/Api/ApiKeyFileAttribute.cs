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
            return Read(path) is { } text ? [.. text.Split('\n').SelectMany(ApiOptions.SplitKeys)] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A device has no length and may have no end: what is read is bounded, not the length that the system names.</summary>
    private static string? Read(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[MaxBytes + 1];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (count > MaxBytes) return null;
        // A byte order mark says the encoding.
        using var text = new StreamReader(new MemoryStream(bytes, 0, count));
        return text.ReadToEnd();
    }

    /// <inheritdoc/>
    protected override bool Accepts(string text) => text.Length == 0 || Find(text) is { Count: > 0 };
}
