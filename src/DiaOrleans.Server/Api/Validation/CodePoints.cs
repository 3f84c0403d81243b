namespace DiaOrleans.Server.Api.Validation;

/// <summary>Length as people count: Unicode code points, not UTF-16 units.</summary>
internal static class CodePoints
{
    public static int Count(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes()) count++;
        return count;
    }
}
