using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Configuration;

/// <summary>The server's configuration that clients may change. One for the cluster: key 0.</summary>
[Alias("dia.configuration")]
public interface IConfigurationGrain : IGrainWithIntegerKey
{
    /// <summary>What holds now: the stored configuration, under what this run's command line says until the first <see cref="Replace"/>.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<ServerConfiguration> Get();

    /// <summary>Stored before the call returns.</summary>
    [Alias("replace")]
    Task<ServerConfiguration> Replace(ServerConfiguration configuration);
}

/// <summary>spec/api.md 6.3; the values are those of a fresh server.</summary>
[GenerateSerializer, Immutable, Alias("dia.server-configuration")]
public sealed record ServerConfiguration
{
    /// <summary>Verbose logs, seeds shown, X-Generation-ID on answers.</summary>
    [Id(0)] public bool DebugMode { get; init; }

    /// <summary>Keep each result in audio_outputs.</summary>
    [Id(1)] public bool SaveOutputs { get; init; }

    /// <summary>Texts in the server's log.</summary>
    [Id(2)] public bool ShowPrompts { get; init; }

    /// <summary>Age at which saved outputs and log entries go.</summary>
    [Id(3)] public long OutputRetentionHours { get; init; } = 24;

    /// <summary>Look for audio prompts at start.</summary>
    [Id(4)] public bool AutoDiscoverPrompts { get; init; } = true;

    /// <summary>Transcribe prompts that have no transcript.</summary>
    [Id(5)] public bool AutoTranscribe { get; init; } = true;

    /// <summary>tiny, base, small, medium or large; anything else makes transcription fail.</summary>
    [Id(6)] public string WhisperModelSize { get; init; } = "base";
}
