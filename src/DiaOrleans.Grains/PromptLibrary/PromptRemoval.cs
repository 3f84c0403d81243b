using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Prompts;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>What became of a deletion.</summary>
/// <param name="Found">Whether such a prompt is registered.</param>
/// <param name="UsedBy">Voices that use it; nothing was deleted then.</param>
internal sealed record RemovalOutcome(bool Found, IReadOnlyList<string> UsedBy);

/// <summary>Deletes audio prompts that no voice uses, with their files.</summary>
internal sealed class PromptRemoval(IBlobStore blobs, IGrainFactory grains, PromptLocks locks, PromptVoices voices)
{
    public async Task<RemovalOutcome> Remove(string id, CancellationToken cancellationToken)
    {
        using var hold = await locks.Take(id, cancellationToken);
        var prompt = grains.GetGrain<IAudioPromptGrain>(id);
        if (await prompt.Get() is null) return new RemovalOutcome(false, []);
        if (await voices.Using(id) is { Count: > 0 } users) return new RemovalOutcome(true, users);
        // The files go first: one that is left would be discovered again, while a prompt without a file can be deleted again.
        foreach (var key in await PromptFiles.RecordingsOf(blobs, id, CancellationToken.None)) await blobs.Delete(key, CancellationToken.None);
        foreach (var key in (string[])[PromptFiles.Text(id), PromptFiles.Reference(id), PromptFiles.Backup(id)]) await blobs.Delete(key, CancellationToken.None);
        await prompt.Delete();
        return new RemovalOutcome(true, []);
    }
}
