using System.ComponentModel;
using System.Globalization;

namespace DiaOrleans.Server.Settings;

/// <summary>Settings as text: how a value of each type is written and read.</summary>
internal static class SettingText
{
    /// <summary>The trimmed items of a list that is separated by commas; empty ones are left out.</summary>
    public static string[] Split(string? text) =>
        (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Reads a value.</summary>
    /// <param name="type">bool, a number, string, or a list of int or string; also a nullable one, whose empty text is null.</param>
    /// <param name="text">The text, in the invariant culture.</param>
    /// <param name="value">The value, if the result is true.</param>
    public static bool TryParse(Type type, string text, out object? value)
    {
        value = null;
        var plain = GetPlain(type);
        if (plain != type && text.Length == 0) return true;
        if (plain == typeof(bool)) value = ParseSwitch(text);
        else if (plain == typeof(IReadOnlyList<string>)) value = Split(text);
        else if (plain == typeof(IReadOnlyList<int>)) value = ParseNumbers(text);
        else value = Convert(plain, text);
        return value is not null;
    }

    /// <summary>A value as <see cref="TryParse"/> reads it; null for null.</summary>
    /// <param name="value">A bool, a number or a string.</param>
    public static string? Format(object? value) => value switch
    {
        bool on => on ? "on" : "off",
        _ => System.Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null,
    };

    /// <summary>What is expected of a value of a type, for messages.</summary>
    public static string Describe(Type type)
    {
        var plain = GetPlain(type);
        if (plain == typeof(bool)) return "true or false";
        if (plain == typeof(int) || plain == typeof(long)) return "a whole number";
        if (plain == typeof(double)) return "a number";
        return plain == typeof(IReadOnlyList<int>) ? "numbers such as 0,1" : "text";
    }

    private static Type GetPlain(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static object? ParseSwitch(string text) => text.Trim().ToLowerInvariant() switch
    {
        "true" or "on" or "yes" or "1" => true,
        "false" or "off" or "no" or "0" => false,
        _ => null,
    };

    private static int[]? ParseNumbers(string text)
    {
        var numbers = new List<int>();
        foreach (var item in Split(text))
        {
            if (!int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            numbers.Add(number);
        }

        return [.. numbers];
    }

    private static object? Convert(Type type, string text)
    {
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
