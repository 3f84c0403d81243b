using System.Buffers;

namespace DiaOrleans.Server.Api.Proxies;

/// <summary>A path that stands before all paths of the server, such as /tts.</summary>
internal static class Prefix
{
    private const int MaxLength = 256;

    /// <summary>Neither quotes nor encodings, so that a prefix is the same in a header, a link and JSON.</summary>
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$()*+,;=:@");

    /// <summary>The prefix without a slash at its end, "" for the root; null if the text is none.</summary>
    public static string? Parse(string text)
    {
        var path = text.Trim().TrimEnd('/');
        if (path.Length == 0) return "";
        return path.Length <= MaxLength && path[0] == '/' && Array.TrueForAll(path[1..].Split('/'), IsSegment) ? path : null;
    }

    /// <summary>The prefix in a value of X-Forwarded-Prefix, to which each proxy on the way adds its own after a comma.</summary>
    public static string? ParseForwarded(string header)
    {
        var parts = header.Split(',').Select(Parse).ToArray();
        return Array.Exists(parts, part => part is null) ? null : Parse(string.Concat(parts));
    }

    private static bool IsSegment(string segment) =>
        segment.Length > 0 && segment is not ("." or "..") && !segment.AsSpan().ContainsAnyExcept(Allowed);
}
