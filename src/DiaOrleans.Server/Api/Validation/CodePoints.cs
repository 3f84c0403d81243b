namespace DiaOrleans.Server.Api.Validation;

/// <summary>The length of a string in Unicode code points.</summary>
internal static class CodePoints
{
    public static int Count(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes()) count++;
        return count;
    }
}
