using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Voices;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>The result of a deletion.</summary>
/// <param name="Found">True if the prompt was registered.</param>
/// <param name="UsedBy">Ids of the voices that use the prompt; if there are any, nothing was deleted.</param>
internal sealed record RemovalOutcome(bool Found, IReadOnlyList<string> UsedBy);

/// <summary>Deletes audio prompts that no voice uses, with their files.</summary>
internal sealed class PromptRemoval(IBlobStore blobs, IGrainFactory grains, PromptLocks locks, PromptVoices voices)
{
    /// <summary>Deletes a prompt unless a voice uses it.</summary>
    public async Task<RemovalOutcome> Remove(string id, CancellationToken cancellationToken)
    {
        await using var holder = await locks.Acquire(id, cancellationToken);
        var prompt = grains.GetGrain<IAudioPromptGrain>(id);
        if (await prompt.Get() is null) return new RemovalOutcome(Found: false, UsedBy: []);
        if (await voices.List(id) is { Count: > 0 } users) return new RemovalOutcome(Found: true, users);
        // The files are deleted first: a remaining file would be discovered again; the deletion of a prompt without files can be repeated.
        string[] keys =
        [
            .. await PromptFiles.ListRecordings(blobs, id, CancellationToken.None),
            .. await PromptFiles.ListTexts(blobs, id, CancellationToken.None),
        ];
        foreach (var key in keys) await blobs.Delete(key, CancellationToken.None);
        await prompt.Delete();
        return new RemovalOutcome(Found: true, UsedBy: []);
    }
}
