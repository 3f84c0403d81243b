using System.Collections.Concurrent;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Prompts;

/// <summary>A registered prompt and its file as it is now.</summary>
/// <param name="Prompt">What is registered.</param>
/// <param name="Exists">Whether the file is there.</param>
/// <param name="Duration">Seconds, where the file can be read.</param>
/// <param name="SampleRate">Hz, where the file can be read.</param>
/// <param name="Error">Why the file cannot be read, or null.</param>
internal sealed record InspectedPrompt(AudioPrompt Prompt, bool Exists, double Duration, int SampleRate, string? Error);

/// <summary>Looks at the files of registered prompts; a file that has not changed since is not read again.</summary>
internal sealed class PromptInspection(PromptReader reader, IBlobStore blobs, IGrainFactory grains)
{
    private readonly ConcurrentDictionary<string, Look> _looks = new();

    public async Task<IReadOnlyList<InspectedPrompt>> List(CancellationToken cancellationToken)
    {
        var result = new List<InspectedPrompt>();
        foreach (var prompt in await grains.GetGrain<IAudioPromptCatalogGrain>(0).List()) result.Add(await Inspect(prompt, cancellationToken));
        return result;
    }

    private async Task<InspectedPrompt> Inspect(AudioPrompt prompt, CancellationToken cancellationToken)
    {
        var key = prompt.Recording.Path;
        if (await blobs.Find(key, cancellationToken) is not { } blob)
        {
            _looks.TryRemove(key, out _);
            return new InspectedPrompt(prompt, false, 0, 0, null);
        }

        if (!_looks.TryGetValue(key, out var look) || look.Blob != blob) _looks[key] = look = await Read(blob, cancellationToken);
        return new InspectedPrompt(prompt, true, look.Duration, look.SampleRate, look.Error);
    }

    private async Task<Look> Read(BlobInfo blob, CancellationToken cancellationToken)
    {
        try
        {
            var file = await reader.ReadFile(blob.Key, cancellationToken) ?? throw new IOException("The file is gone.");
            var recording = await reader.DecodeFile(file, cancellationToken);
            return new Look(blob, recording.Duration.TotalSeconds, recording.SampleRate, null);
        }
        catch (Exception problem) when (problem is RecordingException or IOException or UnauthorizedAccessException)
        {
            return new Look(blob, 0, 0, problem.Message);
        }
    }

    private sealed record Look(BlobInfo Blob, double Duration, int SampleRate, string? Error);
}
