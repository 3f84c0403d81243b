namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>The header that names a download.</summary>
internal static class Attachment
{
    /// <summary>Content-Disposition for a name that people chose: what a header or a file system may misread becomes <c>_</c>, and where that changes letters the true name is given as <c>filename*</c>.</summary>
    public static string Named(string name, string extension)
    {
        var plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
        var header = $"attachment; filename={plain}.{extension}";
        return plain == name ? header : $"{header}; filename*=UTF-8''{Uri.EscapeDataString(name)}.{extension}";
    }
}
