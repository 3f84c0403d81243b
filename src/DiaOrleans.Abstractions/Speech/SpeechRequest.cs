using System.Text.Json.Serialization;

namespace DiaOrleans.Abstractions.Speech;

/// <summary>
/// A request for speech as the client sent it, validated in shape and range. Null means that the client did not set the value.
/// </summary>
[GenerateSerializer, Immutable, Alias("dia.speech-request")]
public sealed record SpeechRequest
{
    /// <summary>The text, as sent.</summary>
    [Id(0)] public required string Text { get; init; }

    /// <summary>Id of the voice.</summary>
    [Id(1)] public required string VoiceId { get; init; }

    /// <summary>wav, mp3, opus, aac, flac or pcm, lower case.</summary>
    [Id(2)] public string Format { get; init; } = "wav";

    /// <summary>0.25 to 4.</summary>
    [Id(3)] public double Speed { get; init; } = 1;

    /// <summary>Recorded; it has no effect.</summary>
    [Id(4)] public string? Role { get; init; }

    /// <summary>Sampling temperature, 0.1 to 2.</summary>
    [Id(5)] public double? Temperature { get; init; }

    /// <summary>Guidance scale s of cond + s (cond - uncond), 1 to 10.</summary>
    [Id(6)] public double? CfgScale { get; init; }

    /// <summary>Nucleus mass, 0 to 1; 0 means the same as null.</summary>
    [Id(7)] public double? TopP { get; init; }

    /// <summary>The most new frames, 100 to 10000.</summary>
    [Id(8)] public int? MaxTokens { get; init; }

    /// <summary>Recorded; it has no effect.</summary>
    [Id(9)] public bool? UseTorchCompile { get; init; }

    /// <summary>Null or -1: one is drawn.</summary>
    [Id(10)] public long? Seed { get; init; }

    /// <summary>Hz, 8000 to 48000.</summary>
    [Id(11)] public int? SampleRate { get; init; }

    /// <summary>The client reads the audio while it is made: the container does not tell its length.</summary>
    [Id(12)] public bool Streamed { get; init; }

    /// <summary>
    /// Name of the model (<see cref="Workers.ModelFacts.Name"/>) that is to speak; null takes the cluster's default, which is any model
    /// while the cluster has one. Stored with jobs only if set.
    /// </summary>
    [Id(13), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Model { get; init; }

    /// <summary>
    /// Remove what programs write besides the words, and read pauses; docs/api.md, Texts. Null: as the server is set. Stored with jobs
    /// only if set.
    /// </summary>
    [Id(14), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public bool? NormalizeText { get; init; }
}
