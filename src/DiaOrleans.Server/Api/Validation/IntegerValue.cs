using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>A JSON value as a 64-bit integer, with FastAPI's coercions: 42, 42.0, "42" and "42.0" are all 42.</summary>
internal static class IntegerValue
{
    private static readonly (string, string) NotInteger = ("int_type", "Input should be a valid integer");
    private static readonly (string, string) Unreadable = ("int_parsing", "Input should be a valid integer, unable to parse string as an integer");
    private static readonly (string, string) Fractional = ("int_from_float", "Input should be a valid integer, got a number with a fractional part");
    private static readonly (string, string) TooLarge = ("int_parsing_size", "Unable to parse input string as an integer, exceeded maximum size");
    private static readonly (string, string) NotFinite = ("finite_number", "Input should be a finite number");

    public static (long Value, (string Type, string Message)? Problem) Of(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                if (value.TryGetInt64(out var integer)) return (integer, null);
                if (IsInteger(value.GetRawText())) return (0, TooLarge);
                var number = value.GetDouble();
                if (!double.IsFinite(number)) return (0, NotFinite);
                if (number != Math.Floor(number)) return (0, Fractional);
                return Fits(number) ? ((long)number, null) : (0, TooLarge);
            case JsonValueKind.String when FieldReader.TryText(value, out var text):
                return Parse(text.Trim());
            default:
                return (0, NotInteger);
        }
    }

    private static (long, (string, string)?) Parse(string text)
    {
        var whole = text.Split('.', 3) is [var before, var after] && after.Length > 0 && after.All(c => c == '0') ? before : text;
        if (long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) return (integer, null);
        return BigInteger.TryParse(whole.AsSpan(0, Math.Min(whole.Length, 5000)), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? (0, TooLarge) : (0, Unreadable);
    }

    private static bool IsInteger(string raw) => raw.TrimStart('-').All(char.IsAsciiDigit);

    private static bool Fits(double number) => number is >= long.MinValue and < 9.2233720368547758E+18;
}
