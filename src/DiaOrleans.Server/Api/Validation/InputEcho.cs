using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// The <c>input</c> of a 422 answer: what the client sent, as valid JSON of about 1 KB at most, so that the size of an answer does not
/// depend on its request. Many JSON parsers accept 64 levels, so deeper values are left out.
/// </summary>
internal static class InputEcho
{
    /// <summary>Bytes of a value that are echoed, in UTF-8.</summary>
    public const int MaxBytes = 1024;

    /// <summary>Replaces an object or an array that is longer.</summary>
    public const string LeftOut = "\"…\"";

    private const int MaxDepth = 32;
    private const string Cut = "…";
    private const string TooDeep = "\"...\"";

    /// <summary>A value as it is echoed.</summary>
    public static string Format(JsonElement value) => Length(value) > MaxBytes ? FormatShortened(value) : Format(value, 0);

    /// <summary>A text as a JSON string, shortened if it is too long.</summary>
    public static string FormatText(string text) => ApiJson.Serialize(Shorten(text));

    private static int Length(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).Length;

    private static string FormatShortened(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => FormatString(value),
        JsonValueKind.Number => FormatText(Encoding.ASCII.GetString(JsonMarshal.GetRawUtf8Value(value)[..(MaxBytes + 1)])),
        _ => LeftOut,
    };

    private static string Shorten(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= MaxBytes) return text;
        Span<byte> kept = stackalloc byte[MaxBytes];
        Utf8.FromUtf16(text, kept, out var read, out _);
        return text[..read] + Cut;
    }

    private static string FormatString(JsonElement value)
    {
        try
        {
            return FormatText(value.GetString()!);
        }
        catch (InvalidOperationException)
        {
            // Invalid UTF-8 or an unpaired surrogate: the string cannot be written as valid JSON.
            return "null";
        }
    }

    private static string Format(JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object or JsonValueKind.Array when depth == MaxDepth:
                return TooDeep;
            case JsonValueKind.Number:
                var number = value.GetRawText();
                return double.IsFinite(value.GetDouble()) ? number : FormatText(NonFiniteNumbers.Restore(number));
            case JsonValueKind.String:
                return FormatString(value);
            case JsonValueKind.Object:
                var members = ObjectMembers.Enumerate(value).Select(m => $"{FormatText(m.Name)}:{Format(m.Value, depth + 1)}");
                return "{" + string.Join(",", members) + "}";
            case JsonValueKind.Array:
                return "[" + string.Join(",", value.EnumerateArray().Select(item => Format(item, depth + 1))) + "]";
            default:
                return value.GetRawText();
        }
    }
}
