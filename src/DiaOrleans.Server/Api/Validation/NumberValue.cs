using System.Globalization;
using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>Reads a JSON value as a number, with FastAPI's coercions: 1.5 and "1.5" are both 1.5.</summary>
internal static class NumberValue
{
    private static readonly (string, string) NotNumber = ("float_type", "Input should be a valid number");

    private static readonly (string, string) Unreadable =
        ("float_parsing", "Input should be a valid number, unable to parse string as a number");

    private static readonly (string, string) NotFinite = ("finite_number", "Input should be a finite number");

    /// <summary>The finite number, or what is wrong with the value.</summary>
    public static (double Value, (string Type, string Message)? Problem) Parse(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                return CheckFinite(value.GetDouble());
            case JsonValueKind.String:
                var text = FieldReader.ReadText(value).Trim();
                if (IsNonFiniteWord(text)) return (0, NotFinite);
                var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
                return isNumber ? CheckFinite(number) : (0, Unreadable);
            default:
                return (0, NotNumber);
        }
    }

    private static (double, (string, string)?) CheckFinite(double number) => double.IsFinite(number) ? (number, null) : (0, NotFinite);

    private static bool IsNonFiniteWord(string text) => text.TrimStart('+', '-').ToLowerInvariant() is "nan" or "inf" or "infinity";
}
