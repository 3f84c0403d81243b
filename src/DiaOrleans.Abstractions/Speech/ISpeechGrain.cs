namespace DiaOrleans.Abstractions.Speech;

/// <summary>
/// One request whose client waits for it, from admission to the last byte of audio. Its key is also the id of its entry in the generation
/// log. No call lasts as long as a generation: call <see cref="Wait"/> until the audio can be read, then <see cref="ReadAudio"/>.
/// </summary>
[Alias("dia.speech")]
public interface ISpeechGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Resolves the voice, prepares the text and submits the first segment to a worker, which admits or refuses it at once. Waits up to
    /// 30 s for a model that is being loaded.
    /// </summary>
    [Alias("start"), ResponseTimeout("00:01:00")]
    Task<SpeechAdmission> Start(SpeechRequest request);

    /// <summary>
    /// The request's state when it has ended or its first byte can be read, or after <paramref name="upTo"/> (20 s at most).
    /// </summary>
    [Alias("wait")]
    Task<SpeechSnapshot> Wait(TimeSpan upTo);

    /// <summary>
    /// The encoded audio in chunks of at most 256 kB, as it is made, up to the last byte. Throws an
    /// <see cref="InvalidOperationException"/> if the request failed or was stopped.
    /// </summary>
    [Alias("read-audio")]
    IAsyncEnumerable<byte[]> ReadAudio(CancellationToken cancellation = default);

    /// <summary>Stops the work and frees its slot. Without effect on a request that has ended.</summary>
    [Alias("cancel")]
    Task Cancel();
}
