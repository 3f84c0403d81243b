using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>Makes the JSON schemas of the document.</summary>
internal static class Schemas
{
    /// <summary>The schema of bytes.</summary>
    public static OpenApiSchema Bytes => new() { Type = JsonSchemaType.String, Format = "binary" };

    public static OpenApiSchema ForBody(Body body) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = body.Fields.ToDictionary(field => field.Name, field => (IOpenApiSchema)ForField(field)),
        Required = body.Fields.Where(field => field.Required).Select(field => field.Name).ToHashSet(),
    };

    public static OpenApiSchema ForField(Field field) => new()
    {
        Type = GetType(field.Type) | (field.OrNull ? JsonSchemaType.Null : 0) | (field.OrObject ? JsonSchemaType.Object : 0),
        Format = field.Type == FieldType.File ? "binary" : null,
        Description = field.Description,
        Default = field.Default is { } json ? JsonNode.Parse(json) : null,
        Minimum = field.Range?.Min.ToString(CultureInfo.InvariantCulture),
        Maximum = field.Range?.Max.ToString(CultureInfo.InvariantCulture),
        MaxLength = field.MaxLength,
        Enum = field.Values.Count > 0 ? [.. field.Values.Select(value => (JsonNode)JsonValue.Create(value))] : null,
    };

    /// <summary>The schema of an answer, from the types of what the route sends.</summary>
    /// <param name="value">An example of the answer; null if it may be null.</param>
    /// <param name="declared">Its type as declared.</param>
    /// <param name="isMap">True if it is a dictionary whose keys are ids, not field names.</param>
    public static OpenApiSchema ForValue(object? value, Type declared, bool isMap = false)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? (declared == typeof(object) ? value?.GetType() : declared) ?? declared;
        var orNull = value is null || type != declared && declared.IsValueType ? JsonSchemaType.Null : 0;
        if (FindType(type) is { } simple) return new OpenApiSchema { Type = simple | orNull };
        if (value is IDictionary entries)
        {
            var members = entries.Keys.Cast<string>().ToDictionary(key => key, key => Member(entries[key]));
            return isMap
                ? new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = members.Values.First() }
                : new OpenApiSchema { Type = JsonSchemaType.Object, Properties = members };
        }

        if (value is IEnumerable items)
        {
            var first = items.Cast<object?>().FirstOrDefault();
            return new OpenApiSchema { Type = JsonSchemaType.Array, Items = first is null ? new() : ForValue(first, first.GetType()) };
        }

        var properties = value?.GetType().GetProperties() ?? [];
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object | orNull,
            Properties = properties.ToDictionary(
                property => property.Name,
                property => (IOpenApiSchema)ForValue(property.GetValue(value), property.PropertyType)),
        };
    }

    /// <summary>The schema of an answer, inferred from an example.</summary>
    /// <param name="example">An example of the answer.</param>
    /// <param name="isMap">True if the keys of the example are ids, not field names.</param>
    public static OpenApiSchema ForExample(JsonNode? example, bool isMap = false)
    {
        switch (example)
        {
            case JsonObject members when isMap:
                return new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = ForExample(members.First().Value) };
            case JsonObject members:
                var properties = members.ToDictionary(member => member.Key, member => (IOpenApiSchema)ForExample(member.Value));
                return new OpenApiSchema { Type = JsonSchemaType.Object, Properties = properties };
            case JsonArray items:
                var item = items.Count > 0 ? ForExample(items[0]) : new OpenApiSchema();
                return new OpenApiSchema { Type = JsonSchemaType.Array, Items = item };
            default:
                return new OpenApiSchema { Type = GetType(example) };
        }
    }

    private static IOpenApiSchema Member(object? value) => ForValue(value, typeof(object));

    /// <summary>The type of a value that is no object and no array; null for those.</summary>
    private static JsonSchemaType? FindType(Type type)
    {
        if (type == typeof(string) || type == typeof(Guid)) return JsonSchemaType.String;
        if (type == typeof(bool)) return JsonSchemaType.Boolean;
        if (type == typeof(int) || type == typeof(long)) return JsonSchemaType.Integer;
        return type == typeof(double) ? JsonSchemaType.Number : null;
    }

    private static JsonSchemaType? GetType(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.String => JsonSchemaType.String,
        JsonValueKind.True or JsonValueKind.False => JsonSchemaType.Boolean,
        JsonValueKind.Number => value.ToJsonString().Contains('.') ? JsonSchemaType.Number : JsonSchemaType.Integer,
        _ => null,
    };

    private static JsonSchemaType GetType(FieldType type) => type switch
    {
        FieldType.Number => JsonSchemaType.Number,
        FieldType.Integer => JsonSchemaType.Integer,
        FieldType.Boolean => JsonSchemaType.Boolean,
        _ => JsonSchemaType.String,
    };
}
