using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DiaOrleans.Audio.Memory;
using Orleans.Storage;

namespace DiaOrleans.Grains.State;

/// <summary>
/// Grain state as JSON in an envelope: <c>{"type":"dia.voice","version":1,"state":{...}}</c>. A newer version, another type or an unknown
/// member is an error, so that a release never drops data that another release wrote. The type must have a
/// <see cref="StoredStateAttribute"/>.
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
    /// <exception cref="InvalidOperationException">The type has no <see cref="StoredStateAttribute"/>.</exception>
    public BinaryData Serialize<T>(T? input)
    {
        var shape = Shape<T>.Attribute;
        using var bytes = new PooledWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("type", shape.Name);
            json.WriteNumber("version", shape.Version);
            json.WritePropertyName("state");
            JsonSerializer.Serialize(json, input, Options);
            json.WriteEndObject();
        }

        return new BinaryData(bytes.Written.ToArray());
    }

    /// <inheritdoc/>
    /// <exception cref="StateFormatException">The stored state cannot be read.</exception>
    /// <exception cref="InvalidOperationException">The type has no <see cref="StoredStateAttribute"/>.</exception>
    public T Deserialize<T>(BinaryData input)
    {
        var shape = Shape<T>.Attribute;
        try
        {
            var envelope = JsonSerializer.Deserialize<Envelope>(input, Options);
            if (envelope?.Type != shape.Name)
                throw new StateFormatException($"Stored state of type '{envelope?.Type}' was found where '{shape.Name}' is expected.");
            if (envelope.Version > shape.Version)
            {
                throw new StateFormatException(
                    $"Stored state '{shape.Name}' has version {envelope.Version}; this release reads up to version {shape.Version}. "
                    + "Run the newer release that wrote it.");
            }

            return envelope.State.Deserialize<T>(Options) ?? throw new StateFormatException($"Stored state '{shape.Name}' is null.");
        }
        catch (JsonException e)
        {
            throw new StateFormatException($"Stored state '{shape.Name}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reflection looks for an attribute anew with each call.</summary>
    private static class Shape<T>
    {
        private static readonly StoredStateAttribute? Found = typeof(T).GetCustomAttribute<StoredStateAttribute>();

        public static StoredStateAttribute Attribute =>
            Found ?? throw new InvalidOperationException($"{typeof(T)} is stored but has no {nameof(StoredStateAttribute)}.");
    }

    private sealed record Envelope(string Type, int Version, JsonElement State);
}
