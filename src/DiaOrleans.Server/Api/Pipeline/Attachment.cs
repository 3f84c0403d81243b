namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>The Content-Disposition header of downloads.</summary>
internal static class Attachment
{
    /// <summary>
    /// The header's value. Characters that a header or a file system could misread are replaced by <c>_</c>; if there are any, the original
    /// name is added as <c>filename*</c>.
    /// </summary>
    public static string Format(string name, string extension)
    {
        var plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
        var header = $"attachment; filename={plain}.{extension}";
        return plain == name ? header : $"{header}; filename*=UTF-8''{Uri.EscapeDataString(name)}.{extension}";
    }
}
