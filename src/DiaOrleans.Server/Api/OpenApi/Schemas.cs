using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>JSON schemas of fields, and of examples.</summary>
internal static class Schemas
{
    public static OpenApiSchema Of(Body body) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = body.Fields.ToDictionary(field => field.Name, field => (IOpenApiSchema)Of(field)),
        Required = body.Fields.Where(field => field.Required).Select(field => field.Name).ToHashSet(),
    };

    public static OpenApiSchema Of(Field field) => new()
    {
        Type = TypeOf(field.Type) | (field.OrNull ? JsonSchemaType.Null : 0) | (field.OrObject ? JsonSchemaType.Object : 0),
        Format = field.Type == FieldType.File ? "binary" : null,
        Description = field.Description,
        Default = field.Default is { } json ? JsonNode.Parse(json) : null,
        Minimum = Number(field.Min),
        Maximum = Number(field.Max),
        MaxLength = field.MaxLength,
        Enum = field.Values.Count > 0 ? [.. field.Values.Select(value => (JsonNode)JsonValue.Create(value))] : null,
    };

    /// <summary>The shape of an answer, as its example has it.</summary>
    public static OpenApiSchema Of(JsonNode? example, bool isMap = false)
    {
        switch (example)
        {
            case JsonObject fields when isMap:
                return new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Of(fields.First().Value) };
            case JsonObject fields:
                return new OpenApiSchema { Type = JsonSchemaType.Object, Properties = fields.ToDictionary(field => field.Key, field => (IOpenApiSchema)Of(field.Value)) };
            case JsonArray items:
                return new OpenApiSchema { Type = JsonSchemaType.Array, Items = items.Count > 0 ? Of(items[0]) : new OpenApiSchema() };
            default:
                return new OpenApiSchema { Type = TypeOf(example) };
        }
    }

    public static OpenApiSchema Bytes => new() { Type = JsonSchemaType.String, Format = "binary" };

    private static JsonSchemaType? TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => JsonSchemaType.String,
        JsonValueKind.True or JsonValueKind.False => JsonSchemaType.Boolean,
        JsonValueKind.Number => value.ToJsonString().Contains('.') ? JsonSchemaType.Number : JsonSchemaType.Integer,
        _ => null,
    };

    private static JsonSchemaType TypeOf(FieldType type) => type switch
    {
        FieldType.Number => JsonSchemaType.Number,
        FieldType.Integer => JsonSchemaType.Integer,
        FieldType.Boolean => JsonSchemaType.Boolean,
        _ => JsonSchemaType.String,
    };

    private static string? Number(double? value) => value?.ToString(global::System.Globalization.CultureInfo.InvariantCulture);
}
