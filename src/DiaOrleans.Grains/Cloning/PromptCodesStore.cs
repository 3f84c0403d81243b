using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Resampling;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Cloning;

/// <summary>A recording as a codec hears it.</summary>
/// <param name="Recording">What was encoded: not always what is registered.</param>
/// <param name="Codes">At most as many frames as the model can take.</param>
internal sealed record PromptSound(PromptRecording Recording, AudioCodes Codes);

/// <summary>A recording's codes: those that were kept for the model's codec, else made by a worker and kept. Callers that want the same at once share one encoding.</summary>
internal sealed class PromptCodesStore(PromptReader reader, IPromptEncoder encoder, IBlobStore blobs, IGrainFactory grains, PromptBacklog backlog)
{
    private readonly SingleFlight<(string Id, string Hash, string Codec), PromptSound> _encodings = new();

    /// <summary>At most as many frames as the model can take.</summary>
    /// <exception cref="IOException">The file is gone or cannot be read.</exception>
    /// <exception cref="Audio.Reading.RecordingException">It cannot be decoded.</exception>
    /// <exception cref="PromptEncodingException">The worker refuses, or fails.</exception>
    public async Task<PromptSound> Of(AudioPrompt prompt, ModelFacts model, IGpuWorkerGrain worker, CancellationToken cancellationToken)
    {
        if (await blobs.Find(prompt.Recording.Path, cancellationToken) is null) throw new IOException("The file is gone.");
        if (await grains.GetGrain<IAudioPromptGrain>(prompt.Id).GetCodes(model.CodecFingerprint) is { } kept && kept.RecordingHash == prompt.Hash)
            return new PromptSound(prompt.Recording, new AudioCodes(kept.Cells, kept.Channels));
        return await _encodings.Run((prompt.Id, prompt.Hash, model.CodecFingerprint), () => Make(prompt, model, worker), cancellationToken);
    }

    private async Task<PromptSound> Make(AudioPrompt prompt, ModelFacts model, IGpuWorkerGrain worker)
    {
        var file = await reader.ReadFile(prompt.Recording.Path, CancellationToken.None) ?? throw new IOException("The file is gone.");
        var hash = PromptReader.HashOf(file);
        // Somebody has put another file there since: this call speaks as it does now, and it is registered.
        if (hash != prompt.Hash) backlog.Add(prompt.Id);
        var recording = await reader.DecodeFile(file, CancellationToken.None);
        var most = (int)Math.Min(recording.Samples.Length, Math.Ceiling(model.MaxNewFrames / model.FrameRate * recording.SampleRate));
        var samples = await Task.Run(() => Resampler.Convert(recording.Samples.AsSpan(0, most), recording.SampleRate, model.SampleRate));
        var codes = await encoder.Encode(samples, worker);
        await grains.GetGrain<IAudioPromptGrain>(prompt.Id).KeepCodes(new PromptCodes(hash, model.CodecFingerprint, codes.Cells, codes.Channels));
        return new PromptSound(new PromptRecording(prompt.Recording.Path, recording.Duration.TotalSeconds, recording.SampleRate, hash), codes);
    }
}
