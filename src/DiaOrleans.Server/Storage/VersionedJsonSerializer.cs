using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>
/// Grain state as JSON in an envelope with a schema version and the state's alias. No name of an assembly or class is stored, so code may be renamed and moved.
/// </summary>
internal sealed class VersionedJsonSerializer : IGrainStorageSerializer
{
    /// <summary>Raised when a stored member changes its meaning; older payloads are then converted on reading.</summary>
    public const int Schema = 1;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public BinaryData Serialize<T>(T? input) => BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(new Envelope<T>(Schema, Alias<T>(), input), Options));

    /// <exception cref="InvalidDataException">The payload is of another type, or was written by a newer version.</exception>
    public T? Deserialize<T>(BinaryData input)
    {
        var envelope = JsonSerializer.Deserialize<Envelope<T>>(input, Options) ?? throw new InvalidDataException($"The stored state of {Alias<T>()} is empty.");
        if (envelope.Schema > Schema)
            throw new InvalidDataException($"The stored state of {Alias<T>()} has schema {envelope.Schema}; this version reads up to {Schema}. It was written by a newer DiaOrleans.");
        if (envelope.Type != Alias<T>()) throw new InvalidDataException($"The stored state is {envelope.Type}; {Alias<T>()} was expected.");
        return envelope.State;
    }

    private static string Alias<T>() =>
        typeof(T).GetCustomAttribute<AliasAttribute>()?.Alias ?? throw new InvalidOperationException($"{typeof(T).Name} has no [Alias]: it cannot be stored under a lasting name.");

    private sealed record Envelope<T>(int Schema, string Type, T? State);
}
