using System.ComponentModel.DataAnnotations;
using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Api;

/// <summary>What the API answers with.</summary>
internal sealed record ApiOptions
{
    /// <summary>Keys of the API, separated by commas; clients send one of them as a bearer token. Null or empty: none is needed.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Format of OpenAI's speech route if the client names none: wav (the default), mp3, opus, aac, flac or pcm.</summary>
    [AudioFormatName]
    public string DefaultFormat { get; init; } = "wav";

    /// <summary>Further names of voices, for clients with built-in names: <c>alloy=anna, nova=bob</c>.</summary>
    [AliasPairs]
    public string? VoiceAliases { get; init; }

    /// <summary>Reported as total_workers: 1 or more; null reports the number of workers.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxWorkers { get; init; }

    /// <summary>The voices of <see cref="VoiceAliases"/> by their names.</summary>
    public IReadOnlyDictionary<string, string> VoicesByAlias => AliasPairsAttribute.Find(VoiceAliases)!;
}
