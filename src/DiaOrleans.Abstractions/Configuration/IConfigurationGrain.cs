using DiaOrleans.Abstractions.Calls;
using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Configuration;

/// <summary>The server's configuration that clients can change. One grain for the cluster, key 0.</summary>
[Alias("dia.configuration")]
public interface IConfigurationGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// The configuration in use: the stored one, with the values of the command line in place of its own until the first
    /// <see cref="Replace"/>.
    /// </summary>
    [Alias("get"), AlwaysInterleave, ResponseTimeout(AnswerLimits.Single)]
    Task<ServerConfiguration> Get();

    /// <summary>Replaces the configuration as a whole. It is stored before the call returns.</summary>
    /// <returns>The configuration now in use.</returns>
    [Alias("replace"), ResponseTimeout(AnswerLimits.Single)]
    Task<ServerConfiguration> Replace(ServerConfiguration configuration);
}

/// <summary>Settings that clients can change; docs/api.md, Configuration. The defaults are those of a new server.</summary>
[GenerateSerializer, Immutable, Alias("dia.server-configuration")]
public sealed record ServerConfiguration
{
    /// <summary>Whether logs are verbose and contain seeds, and answers carry X-Generation-ID. Off by default.</summary>
    [Id(0)] public bool DebugMode { get; init; }

    /// <summary>Whether each result is kept in audio_outputs. Off by default.</summary>
    [Id(1)] public bool SaveOutputs { get; init; }

    /// <summary>Whether the server's log contains texts. Off by default.</summary>
    [Id(2)] public bool ShowPrompts { get; init; }

    /// <summary>Hours after which saved outputs and log entries are removed; any number, 0 and below keep nothing. 24 by default.</summary>
    [Id(3)] public long OutputRetentionHours { get; init; } = 24;

    /// <summary>Whether audio prompts are discovered at start. On by default.</summary>
    [Id(4)] public bool AutoDiscoverPrompts { get; init; } = true;

    /// <summary>Whether prompts that have no transcript are transcribed. On by default.</summary>
    [Id(5)] public bool AutoTranscribe { get; init; } = true;

    /// <summary>tiny, base, small, medium or large; with any other value transcription fails. base by default.</summary>
    [Id(6)] public string WhisperModelSize { get; init; } = "base";
}
