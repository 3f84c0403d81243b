using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Prompts;

/// <summary>The sound of prompts as WAV files, for players.</summary>
internal sealed class PromptSound(PromptReader reader, IBlobStore blobs)
{
    /// <summary>
    /// Opens a prompt's recording. One that was found in the folder in another format is decoded. Null if its file is gone.
    /// </summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="Audio.Reading.RecordingException">It cannot be decoded.</exception>
    public async Task<OpenBlob?> OpenRead(AudioPrompt prompt, CancellationToken cancellationToken)
    {
        var key = prompt.Recording.Path;
        if (key.EndsWith(".wav", StringComparison.OrdinalIgnoreCase)) return await blobs.OpenRead(key, cancellationToken);
        if (await reader.ReadFile(key, cancellationToken) is not { } file) return null;
        var recording = await reader.DecodeFile(file, cancellationToken);
        return OpenBlob.Of(WaveFile.Encode(recording.Samples, recording.SampleRate));
    }
}
