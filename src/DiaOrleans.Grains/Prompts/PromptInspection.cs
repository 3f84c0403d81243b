using System.Collections.Concurrent;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Prompts;

/// <summary>A registered prompt and the present state of its file.</summary>
/// <param name="Prompt">The registered prompt.</param>
/// <param name="Exists">True if the file exists.</param>
/// <param name="Duration">Seconds; 0 if the file cannot be read.</param>
/// <param name="SampleRate">Hz; 0 if the file cannot be read.</param>
/// <param name="Error">Why the file cannot be read, or null.</param>
internal sealed record InspectedPrompt(AudioPrompt Prompt, bool Exists, double Duration, int SampleRate, string? Error);

/// <summary>Reads the files of registered prompts; the result for a file is kept until the file changes.</summary>
internal sealed class PromptInspection(PromptReader reader, IBlobStore blobs, PromptReads registered)
{
    private readonly ConcurrentDictionary<string, FileFacts> _files = new();

    /// <summary>All registered prompts, in the order of their registration.</summary>
    public async Task<IReadOnlyList<InspectedPrompt>> List(CancellationToken cancellationToken)
    {
        var result = new List<InspectedPrompt>();
        var prompts = await registered.List();
        // One call of the store, which may be on another machine, for all.
        var files = (await blobs.List(PromptFiles.Folder, cancellationToken)).ToDictionary(blob => blob.Key, StringComparer.Ordinal);
        foreach (var prompt in prompts) result.Add(await Inspect(prompt, files, cancellationToken));
        return result;
    }

    private async Task<InspectedPrompt> Inspect(
        AudioPrompt prompt,
        Dictionary<string, BlobInfo> files,
        CancellationToken cancellationToken)
    {
        var key = prompt.Recording.Path;
        if (!files.TryGetValue(key, out var blob))
        {
            _files.TryRemove(key, out _);
            return new InspectedPrompt(prompt, Exists: false, Duration: 0, SampleRate: 0, Error: null);
        }

        if (!_files.TryGetValue(key, out var facts) || facts.Blob != blob) _files[key] = facts = await Read(blob, cancellationToken);
        return new InspectedPrompt(prompt, Exists: true, facts.Duration, facts.SampleRate, facts.Error);
    }

    private async Task<FileFacts> Read(BlobInfo blob, CancellationToken cancellationToken)
    {
        try
        {
            var file = await reader.ReadFile(blob.Key, cancellationToken) ?? throw new IOException("The file is gone.");
            var recording = await reader.DecodeFile(file, cancellationToken);
            return new FileFacts(blob, recording.Duration.TotalSeconds, recording.SampleRate, Error: null);
        }
        catch (Exception problem) when (problem is RecordingException or IOException or UnauthorizedAccessException)
        {
            return new FileFacts(blob, Duration: 0, SampleRate: 0, problem.Message);
        }
    }

    private sealed record FileFacts(BlobInfo Blob, double Duration, int SampleRate, string? Error);
}
