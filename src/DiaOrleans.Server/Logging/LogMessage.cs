using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Server.Logging;

/// <summary>Formats the message of a log entry from its template, with each value cut, because a value may be a client's text.</summary>
internal static partial class LogMessage
{
    private const string TemplateKey = "{OriginalFormat}";
    private const int MaxValue = 200;

    /// <summary>For a message without a template, which a library may have put together from any text.</summary>
    private const int MaxMessage = 4000;

    /// <summary>The message with each value cut.</summary>
    public static string Format<TState>(in LogEntry<TState> entry)
    {
        if (entry.State is not IReadOnlyList<KeyValuePair<string, object?>> values || FindTemplate(values) is not { } template)
            return LogText.Cut(entry.Formatter(entry.State, entry.Exception), MaxMessage);
        var next = 0;
        return Hole().Replace(template, hole => hole.Value switch
        {
            "{{" => "{",
            "}}" => "}",
            _ => FormatValue(FindValue(values, hole.Groups["name"].Value, next++), hole.Groups["format"].Value),
        });
    }

    private static string? FindTemplate(IReadOnlyList<KeyValuePair<string, object?>> values) =>
        values.FirstOrDefault(value => value.Key == TemplateKey).Value as string;

    /// <summary>
    /// The value of a name. Names of templates that are written by hand may repeat; then the values are in the same order.
    /// </summary>
    private static object? FindValue(IReadOnlyList<KeyValuePair<string, object?>> values, string name, int index)
    {
        if (index < values.Count && values[index].Key == name) return values[index].Value;
        return values.FirstOrDefault(value => value.Key == name).Value;
    }

    private static string FormatValue(object? value, string format)
    {
        var text = value switch
        {
            null => "(null)",
            string plain => plain,
            IFormattable number => number.ToString(format.Length > 0 ? format : null, CultureInfo.InvariantCulture),
            IEnumerable<object?> items => string.Join(", ", items.Take(MaxValue)),
            _ => value.ToString() ?? "",
        };
        return LogText.Cut(text, MaxValue);
    }

    [GeneratedRegex(@"\{\{|\}\}|\{(?<name>[^{}:,]+)(,-?\d+)?(:(?<format>[^{}]*))?\}")]
    private static partial Regex Hole();
}
