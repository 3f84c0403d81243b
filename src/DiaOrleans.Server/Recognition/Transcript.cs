namespace DiaOrleans.Server.Recognition;

/// <summary>How a recognised text is written.</summary>
internal static class Transcript
{
    /// <summary>Trimmed; runs of spaces are one, and none stands before a full stop.</summary>
    public static string Clean(string text)
    {
        text = text.Trim();
        while (text.Contains("  ", StringComparison.Ordinal)) text = text.Replace("  ", " ", StringComparison.Ordinal);
        return text.Replace(" .", ".", StringComparison.Ordinal);
    }
}
