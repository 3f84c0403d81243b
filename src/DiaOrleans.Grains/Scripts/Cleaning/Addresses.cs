using System.Text;

namespace DiaOrleans.Grains.Scripts.Cleaning;

/// <summary>An address of the web is spoken as its host.</summary>
internal static class Addresses
{
    private const string SchemeEnd = "://";
    private const string Www = "www.";
    private const int LongestScheme = 32;
    private const string Ends = "<>\"`|{}[]\\^";
    private const string TrailingPunctuation = "?!.,:;*_~'";

    public static string Speak(string block)
    {
        var spoken = new StringBuilder(block.Length);
        var at = 0;
        while (FindStart(block, at) is { } start)
        {
            var end = FindEnd(block, start.Host);
            var host = ReadHost(block.AsSpan(start.Host, end - start.Host));
            if (host.Length == 0)
            {
                end = Math.Max(end, start.Address + 1);
                spoken.Append(block, at, end - at);
                at = end;
                continue;
            }

            spoken.Append(block, at, start.Address - at).Append(host);
            at = end;
        }

        return at == 0 ? block : spoken.Append(block, at, block.Length - at).ToString();
    }

    /// <summary>Where the next address and its host begin; null if there is none.</summary>
    private static (int Address, int Host)? FindStart(string block, int at)
    {
        for (var i = at; i < block.Length; i++)
        {
            if (block[i] == ':' && block.AsSpan(i).StartsWith(SchemeEnd) && FindScheme(block, at, i) is { } scheme)
                return (scheme, i + SchemeEnd.Length);
            if (block[i] is 'w' or 'W' && IsWww(block, at, i)) return (i, i);
        }

        return null;
    }

    private static int? FindScheme(string block, int from, int colon)
    {
        var start = colon;
        while (start > from && colon - start < LongestScheme && IsOfScheme(block[start - 1])) start--;
        while (start < colon && !char.IsAsciiLetter(block[start])) start++;
        return start < colon ? start : null;
    }

    private static bool IsOfScheme(char unit) => char.IsAsciiLetterOrDigit(unit) || unit is '+' or '.' or '-';

    private static bool IsWww(string block, int from, int at) =>
        block.AsSpan(at).StartsWith(Www, StringComparison.OrdinalIgnoreCase)
        && (at == from || !(char.IsLetterOrDigit(block[at - 1]) || block[at - 1] is '.' or '-' or '_' or '@' or '/'));

    /// <summary>The end of an address, as GitHub's Markdown finds it: punctuation at its end belongs to the sentence.</summary>
    private static int FindEnd(string block, int start)
    {
        var depth = 0;
        var end = start;
        for (; end < block.Length && !char.IsWhiteSpace(block[end]) && !Ends.Contains(block[end]); end++)
        {
            if (block[end] == '(') depth++;
            else if (block[end] == ')' && --depth < 0) break;
        }

        while (end > start && TrailingPunctuation.Contains(block[end - 1])) end--;
        return end;
    }

    /// <summary>The host without user, port, path and query; empty if there is none.</summary>
    private static ReadOnlySpan<char> ReadHost(ReadOnlySpan<char> address)
    {
        var end = address.IndexOfAny('/', '?', '#');
        var host = end < 0 ? address : address[..end];
        host = host[(host.LastIndexOf('@') + 1)..];
        var port = host.IndexOf(':');
        if (port >= 0) host = host[..port];
        foreach (var unit in host)
        {
            if (!char.IsLetterOrDigit(unit) && unit is not ('.' or '-' or '_')) return [];
        }

        return host.Trim('.');
    }
}
