using System.Text.Json;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>The values of a query, all strings.</summary>
internal sealed class QueryFields(IQueryCollection query) : IFields
{
    /// <inheritdoc/>
    public JsonElement? Find(string name) =>
        query.TryGetValue(name, out var values) ? JsonSerializer.SerializeToElement(values[^1] ?? "") : null;

    /// <inheritdoc/>
    public IFields? Within(string name) => null;

    /// <inheritdoc/>
    public string? Echo(string name) => Find(name) is { } value ? InputEcho.Format(value) : null;

    /// <inheritdoc/>
    public string EchoAll() => "null";
}
