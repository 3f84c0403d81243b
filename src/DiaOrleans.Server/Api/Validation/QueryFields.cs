using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>A query's values, each a string.</summary>
internal sealed class QueryFields(IQueryCollection query) : IFields
{
    /// <inheritdoc/>
    public JsonElement? Find(string name) =>
        query.TryGetValue(name, out var values) ? JsonSerializer.SerializeToElement(values[^1] ?? "") : null;

    /// <inheritdoc/>
    public IFields? Within(string name) => null;

    /// <inheritdoc/>
    public string? Echo(string name) => Find(name) is { } value ? Validation.Echo.Of(value) : null;

    /// <inheritdoc/>
    public string EchoAll() => "null";
}
