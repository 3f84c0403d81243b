using System.Text.Json;

namespace DiaOrleans.Server.Api.Errors;

/// <summary>One failed field of a 422 answer; docs/api.md, Errors.</summary>
/// <param name="Type">The kind of failure, such as <c>string_too_long</c>.</param>
/// <param name="Location">body, query, path or header, then the field's name, or an offset in malformed JSON.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Input">What was sent, as JSON; null if nothing was.</param>
/// <param name="Context">Further facts, as a JSON object, or null.</param>
internal sealed record InvalidField(
    string Type,
    IReadOnlyList<object> Location,
    string Message,
    string? Input,
    string? Context = null)
{
    /// <summary>The field's name, or "body" for the whole body.</summary>
    public string Name => Location.Count > 1 ? Location[^1].ToString()! : Location[0].ToString()!;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", Type);
        json.WriteStartArray("loc");
        foreach (var part in Location)
        {
            if (part is int offset) json.WriteNumberValue(offset);
            else json.WriteStringValue((string)part);
        }

        json.WriteEndArray();
        json.WriteString("msg", Message);
        json.WritePropertyName("input");
        // It is valid JSON, but may be nested deeper than the writer accepts.
        json.WriteRawValue(Input ?? "null", skipInputValidation: true);
        if (Context is not null)
        {
            json.WritePropertyName("ctx");
            json.WriteRawValue(Context);
        }

        json.WriteEndObject();
    }
}
