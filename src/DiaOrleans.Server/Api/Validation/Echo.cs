using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>Gives back what was sent, as JSON that every client can read.</summary>
internal static class Echo
{
    public static string Of(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Number => double.IsFinite(value.GetDouble()) ? value.GetRawText() : JsonSerializer.Serialize(NotANumber.Original(value.GetRawText())),
                JsonValueKind.String => JsonSerializer.Serialize(value.GetString()),
                JsonValueKind.Object => "{" + string.Join(",", value.EnumerateObject().Select(p => $"{JsonSerializer.Serialize(p.Name)}:{Of(p.Value)}")) + "}",
                JsonValueKind.Array => "[" + string.Join(",", value.EnumerateArray().Select(Of)) + "]",
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
