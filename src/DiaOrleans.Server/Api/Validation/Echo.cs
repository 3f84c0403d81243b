using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>Gives back what was sent, as JSON that every client can read: many stop at 64 levels, so what lies deep is left out.</summary>
internal static class Echo
{
    private const int MaxDepth = 32;
    private const string LeftOut = "\"...\"";

    public static string Of(JsonElement value) => Of(value, 0);

    private static string Of(JsonElement value, int depth)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Object or JsonValueKind.Array when depth == MaxDepth => LeftOut,
                JsonValueKind.Number => double.IsFinite(value.GetDouble()) ? value.GetRawText() : JsonSerializer.Serialize(NotANumber.Original(value.GetRawText())),
                JsonValueKind.String => JsonSerializer.Serialize(value.GetString()),
                JsonValueKind.Object => "{" + string.Join(",", Members.Of(value).Select(m => $"{JsonSerializer.Serialize(m.Name)}:{Of(m.Value, depth + 1)}")) + "}",
                JsonValueKind.Array => "[" + string.Join(",", value.EnumerateArray().Select(item => Of(item, depth + 1))) + "]",
                _ => value.GetRawText(),
            };
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no UTF-8, or half a surrogate pair: there is no text to give back.
            return "null";
        }
    }
}
