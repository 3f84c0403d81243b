using System.ComponentModel.DataAnnotations;
using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Api;

/// <summary>What the API answers with.</summary>
internal sealed record ApiOptions
{
    /// <summary>Keys of the API, separated by commas; clients send one of them as a bearer token. Null or empty: none is needed.</summary>
    public string? ApiKey { get; init; }

    /// <summary>
    /// Path of a file with further keys, one a line or separated by commas, for systems that hand over secrets as files. It is read at the
    /// start.
    /// </summary>
    [ApiKeyFile]
    public string? ApiKeyFile { get; init; }

    /// <summary>Format of OpenAI's speech route if the client names none: wav (the default), mp3, opus, aac, flac or pcm.</summary>
    [AudioFormatName]
    public string DefaultFormat { get; init; } = "wav";

    /// <summary>Further names of voices, for clients with built-in names: <c>alloy=anna, nova=bob</c>.</summary>
    [AliasPairs]
    public string? VoiceAliases { get; init; }

    /// <summary>Reported as total_workers: 1 or more; null reports the number of workers.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxWorkers { get; init; }

    /// <summary>The keys of <see cref="ApiKey"/> and of <see cref="ApiKeyFile"/>; none if no key is needed.</summary>
    public IReadOnlyList<string> Keys => [.. SplitKeys(ApiKey), .. ApiKeyFileAttribute.Find(ApiKeyFile) ?? throw LostKeys()];

    /// <summary>The voices of <see cref="VoiceAliases"/> by their names.</summary>
    public IReadOnlyDictionary<string, string> VoicesByAlias => AliasPairsAttribute.Find(VoiceAliases)!;

    /// <summary>Keys that are separated by commas.</summary>
    public static IEnumerable<string> SplitKeys(string? keys) =>
        (keys ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The file was valid when the settings were read.</summary>
    private InvalidOperationException LostKeys() => new($"The file of API keys, {ApiKeyFile}, cannot be read any more.");
}
