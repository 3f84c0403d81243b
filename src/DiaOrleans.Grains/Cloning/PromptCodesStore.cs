using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Audio.Resampling;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Cloning;

/// <summary>A recording and its codes.</summary>
/// <param name="Recording">
/// The file that was encoded; it differs from the registered one if the file has been replaced in the folder.
/// </param>
/// <param name="Codes">Its codes, at most as many frames as the model has rows.</param>
internal sealed record EncodedPrompt(PromptRecording Recording, AudioCodes Codes);

/// <summary>
/// The codes of recordings: those that are kept for the model's codec, else made by a worker and then kept. Concurrent callers of one silo
/// share one encoding. If several silos encode a recording, the codes that are kept first are those of all.
/// </summary>
internal sealed class PromptCodesStore(
    PromptReader reader,
    IPromptEncoder encoder,
    IBlobStore blobs,
    PromptReads prompts,
    PromptDiscoveryQueue queue,
    CloningPolicy policy)
{
    private readonly SingleFlight<(string Id, string Hash, string Codec), EncodedPrompt> _encodings = new();

    /// <summary>The codes of a prompt.</summary>
    /// <param name="prompt">The prompt as registered.</param>
    /// <param name="model">The model that is to continue it.</param>
    /// <param name="worker">A worker with that model.</param>
    /// <param name="cancellationToken">Ends the wait; an encoding goes on for other callers.</param>
    /// <exception cref="RecordingGoneException">There is no file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="RecordingException">It cannot be decoded.</exception>
    /// <exception cref="PromptEncodingException">The worker refuses the encoding, or it fails.</exception>
    public async Task<EncodedPrompt> GetOrEncode(
        AudioPrompt prompt,
        ModelFacts model,
        IWorker worker,
        CancellationToken cancellationToken)
    {
        if (!policy.RequiresRecording) await RequireFile(prompt.Recording.Path, cancellationToken);
        if (await prompts.FindCodes(prompt, model.CodecFingerprint) is { } kept)
            return new EncodedPrompt(prompt.Recording, new AudioCodes(kept.Cells, kept.Channels));
        var key = (prompt.Id, prompt.Hash, model.CodecFingerprint);
        return await _encodings.Run(key, () => Encode(prompt, model, worker), cancellationToken);
    }

    /// <summary>Who deletes a file by hand expects that its sound is not used any more, though its codes are kept.</summary>
    private async Task RequireFile(string key, CancellationToken cancellationToken)
    {
        if (await blobs.Find(key, cancellationToken) is null) throw new RecordingGoneException(key);
    }

    private async Task<EncodedPrompt> Encode(AudioPrompt prompt, ModelFacts model, IWorker worker)
    {
        var path = prompt.Recording.Path;
        var file = await reader.ReadFile(path, CancellationToken.None) ?? throw new RecordingGoneException(path);
        var hash = PromptReader.ComputeHash(file);
        // The file has been replaced since its registration: this call uses the new file, and the discovery registers it.
        if (hash != prompt.Hash) queue.Enqueue(prompt.Id);
        var recording = await reader.DecodeFile(file, CancellationToken.None);
        var limit = (int)Math.Min(recording.Samples.Length, Math.Ceiling(model.MaxNewFrames / model.FrameRate * recording.SampleRate));
        var samples = await Task.Run(() => Resampler.Convert(recording.Samples.AsSpan(0, limit), recording.SampleRate, model.SampleRate));
        var codes = await encoder.Encode(samples, worker);
        var made = new PromptCodes(hash, model.CodecFingerprint, codes.Cells, codes.Channels);
        if (await prompts.KeepCodes(prompt.Id, made) is { } kept) codes = new AudioCodes(kept.Cells, kept.Channels);
        return new EncodedPrompt(new PromptRecording(path, recording.Duration.TotalSeconds, recording.SampleRate, hash), codes);
    }
}
