using DiaOrleans.Abstractions.Calls;
using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Voices;

/// <summary>The voices, in the order of their creation. One grain for the cluster: key 0.</summary>
[Alias("dia.voice-catalog")]
public interface IVoiceCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// The ids of all voices. Interleaves, because it calls the voices' grains, which call <see cref="Add"/> or <see cref="Remove"/>.
    /// </summary>
    [Alias("ids"), AlwaysInterleave, ResponseTimeout(AnswerLimits.Several)]
    Task<IReadOnlyList<string>> ListIds();

    /// <summary>
    /// The ids of the first voices; only their grains are called, and not those of all voices. Interleaves like <see cref="ListIds"/>.
    /// </summary>
    /// <param name="max">Ids that are returned at most.</param>
    [Alias("first-ids"), AlwaysInterleave, ResponseTimeout(AnswerLimits.Single)]
    Task<FirstVoices> ListFirst(int max);

    /// <summary>All voices with their settings. Interleaves like <see cref="ListIds"/>.</summary>
    [Alias("list"), AlwaysInterleave, ResponseTimeout(AnswerLimits.Several)]
    Task<IReadOnlyList<Voice>> List();

    /// <summary>Adds the id of a new voice at the end unless it is listed. Called by voice grains.</summary>
    /// <returns>False if it is not listed and the limit on voices is reached.</returns>
    [Alias("enter"), ResponseTimeout(AnswerLimits.Single)]
    Task<bool> Enter(string voiceId);

    /// <summary>Adds the id of a stored voice at the end unless it is listed. Idempotent. Called by voice grains.</summary>
    [Alias("add"), ResponseTimeout(AnswerLimits.Single)]
    Task Add(string voiceId);

    /// <summary>Removes an id. Idempotent. Called by voice grains.</summary>
    [Alias("remove"), ResponseTimeout(AnswerLimits.Single)]
    Task Remove(string voiceId);
}
