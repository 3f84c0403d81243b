using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>Reads a JSON value as a boolean, with FastAPI's coercions: true, 1, "yes" and "on" are all true.</summary>
internal static class BooleanValue
{
    /// <summary>The boolean, or null if the value means none.</summary>
    public static bool? Parse(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => ParseNumber(value.GetDouble()),
        JsonValueKind.String => ParseText(FieldReader.ReadText(value)),
        _ => null,
    };

    private static bool? ParseNumber(double number) => number is 0 or 1 ? number == 1 : null;

    private static bool? ParseText(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "t" or "y" or "1" => true,
        "false" or "no" or "off" or "f" or "n" or "0" => false,
        _ => null,
    };
}
