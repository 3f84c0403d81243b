using System.Globalization;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// Compares the name of a member, as written in JSON, with a known name. Names that are not valid Unicode cause no exception: a body may
/// have a million of them.
/// </summary>
internal static class MemberName
{
    /// <param name="json">Begins after the opening quote of the name.</param>
    /// <param name="name">ASCII.</param>
    public static bool Matches(ReadOnlySpan<byte> json, string name)
    {
        foreach (var wanted in name)
        {
            if (json[0] == '"' || ReadUnit(ref json) != wanted) return false;
        }

        return json[0] == '"';
    }

    /// <summary>Reads the UTF-16 unit of an escape, or else one byte.</summary>
    private static int ReadUnit(ref ReadOnlySpan<byte> json)
    {
        var (unit, length) = json switch
        {
            [(byte)'\\', (byte)'u', ..] => (int.Parse(json[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), 6),
            [(byte)'\\', ..] => (Unescape(json[1]), 2),
            _ => (json[0], 1),
        };
        json = json[length..];
        return unit;
    }

    private static int Unescape(byte escape) => (char)escape switch
    {
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => escape,
    };
}
