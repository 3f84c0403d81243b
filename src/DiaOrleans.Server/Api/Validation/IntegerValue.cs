using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>Reads a JSON value as a 64-bit integer, with FastAPI's coercions: 42, 42.0, "42" and "42.0" are all 42.</summary>
internal static class IntegerValue
{
    /// <summary>Digits that are looked at to tell a number that is too large from a text that is no number.</summary>
    private const int MaxDigits = 5000;

    private static readonly (string, string) NotInteger = ("int_type", "Input should be a valid integer");

    private static readonly (string, string) Unreadable =
        ("int_parsing", "Input should be a valid integer, unable to parse string as an integer");

    private static readonly (string, string) Fractional =
        ("int_from_float", "Input should be a valid integer, got a number with a fractional part");

    private static readonly (string, string) TooLarge =
        ("int_parsing_size", "Unable to parse input string as an integer, exceeded maximum size");

    private static readonly (string, string) NotFinite = ("finite_number", "Input should be a finite number");

    /// <summary>The integer, or what is wrong with the value.</summary>
    public static (long Value, (string Type, string Message)? Problem) Parse(JsonElement value)
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
            case JsonValueKind.String:
                return ParseText(FieldReader.ReadText(value).Trim());
            default:
                return (0, NotInteger);
        }
    }

    private static (long, (string, string)?) ParseText(string text)
    {
        var whole = text.Split('.', 3) is [var before, var after] && after.Length > 0 && after.All(c => c == '0') ? before : text;
        if (long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) return (integer, null);
        var start = whole.AsSpan(0, Math.Min(whole.Length, MaxDigits));
        var isNumber = BigInteger.TryParse(start, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        return (0, isNumber ? TooLarge : Unreadable);
    }

    private static bool IsInteger(string raw) => raw.TrimStart('-').All(char.IsAsciiDigit);

    private static bool Fits(double number) => number is >= long.MinValue and < 9.2233720368547758E+18;
}
