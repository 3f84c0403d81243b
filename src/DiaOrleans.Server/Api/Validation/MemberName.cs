using System.Globalization;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// Compares a member's name as it stands in JSON with a name of ours, without an exception for names that are no text: a body may have a
/// million of them.
/// </summary>
internal static class MemberName
{
    /// <param name="json">Begins behind the name's opening quote.</param>
    /// <param name="name">Plain ASCII.</param>
    public static bool Is(ReadOnlySpan<byte> json, string name)
    {
        foreach (var wanted in name)
        {
            if (json[0] == '"' || Next(ref json) != wanted) return false;
        }

        return json[0] == '"';
    }

    /// <summary>One UTF-16 unit of an escape, or one byte of anything else.</summary>
    private static int Next(ref ReadOnlySpan<byte> json)
    {
        var (length, unit) = json[0] != '\\' ? (1, json[0])
            : json[1] == 'u' ? (6, int.Parse(json[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
            : (2, Short(json[1]));
        json = json[length..];
        return unit;
    }

    private static int Short(byte escape) => (char)escape switch
    {
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => escape,
    };
}
