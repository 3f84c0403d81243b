using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>
/// Gives back what was sent, as JSON that every client can read, at most 1 KB of it: no answer grows with its request. Many clients stop at
/// 64 levels, so what lies deep is left out.
/// </summary>
internal static class Echo
{
    /// <summary>Bytes of a value that are given back, in UTF-8.</summary>
    public const int MaxBytes = 1024;

    /// <summary>Stands for an object or an array that is longer.</summary>
    public const string LeftOut = "\"…\"";

    private const int MaxDepth = 32;
    private const string Cut = "…";
    private const string Deep = "\"...\"";

    public static string Of(JsonElement value) => Length(value) > MaxBytes ? Shortened(value) : Of(value, 0);

    /// <summary>A text as a JSON string.</summary>
    public static string Text(string text) => JsonSerializer.Serialize(Shortened(text), Plain.Json);

    private static int Length(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).Length;

    private static string Shortened(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => OfString(value),
        JsonValueKind.Number => Text(Encoding.ASCII.GetString(JsonMarshal.GetRawUtf8Value(value)[..(MaxBytes + 1)])),
        _ => LeftOut,
    };

    private static string Shortened(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= MaxBytes) return text;
        Span<byte> kept = stackalloc byte[MaxBytes];
        Utf8.FromUtf16(text, kept, out var read, out _);
        return text[..read] + Cut;
    }

    private static string OfString(JsonElement value)
    {
        try
        {
            return Text(value.GetString()!);
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no UTF-8, or half a surrogate pair: there is no text to give back.
            return "null";
        }
    }

    private static string Of(JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object or JsonValueKind.Array when depth == MaxDepth:
                return Deep;
            case JsonValueKind.Number:
                return double.IsFinite(value.GetDouble()) ? value.GetRawText() : Text(NotANumber.Original(value.GetRawText()));
            case JsonValueKind.String:
                return OfString(value);
            case JsonValueKind.Object:
                return "{" + string.Join(",", Members.Of(value).Select(m => $"{Text(m.Name)}:{Of(m.Value, depth + 1)}")) + "}";
            case JsonValueKind.Array:
                return "[" + string.Join(",", value.EnumerateArray().Select(item => Of(item, depth + 1))) + "]";
            default:
                return value.GetRawText();
        }
    }
}
