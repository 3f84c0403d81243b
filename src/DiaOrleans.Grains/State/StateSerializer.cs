using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace DiaOrleans.Grains.State;

/// <summary>
/// Grain state as JSON in an envelope: <c>{"type":"dia.voice","version":1,"state":{...}}</c>. A newer version or another type is an error, so that
/// no release silently drops what another one wrote.
/// </summary>
public sealed class StateSerializer : IGrainStorageSerializer
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input)
    {
        var shape = ShapeOf(typeof(T));
        return new BinaryData(JsonSerializer.SerializeToUtf8Bytes(new Envelope(shape.Name, shape.Version, JsonSerializer.SerializeToElement(input, Options)), Options));
    }

    /// <inheritdoc/>
    public T Deserialize<T>(BinaryData input)
    {
        var shape = ShapeOf(typeof(T));
        try
        {
            var envelope = JsonSerializer.Deserialize<Envelope>(input, Options);
            if (envelope?.Type != shape.Name)
                throw new StateFormatException($"Stored state of type '{envelope?.Type}' was found where '{shape.Name}' is expected.");
            if (envelope.Version > shape.Version)
            {
                throw new StateFormatException(
                    $"Stored state '{shape.Name}' has version {envelope.Version}; this release reads up to version {shape.Version}. Run the newer release that wrote it.");
            }

            return envelope.State.Deserialize<T>(Options) ?? throw new StateFormatException($"Stored state '{shape.Name}' is null.");
        }
        catch (JsonException e)
        {
            throw new StateFormatException($"Stored state '{shape.Name}' is not readable: {e.Message}", e);
        }
    }

    private static StoredStateAttribute ShapeOf(Type type) =>
        type.GetCustomAttribute<StoredStateAttribute>() ?? throw new InvalidOperationException($"{type} is stored but has no {nameof(StoredStateAttribute)}.");

    private sealed record Envelope(string Type, int Version, JsonElement State);
}
