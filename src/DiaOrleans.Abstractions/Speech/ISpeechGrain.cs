namespace DiaOrleans.Abstractions.Speech;

/// <summary>
/// One request whose client waits for it, from admission to the last byte of audio. Its key is also the id of its entry in the generation
/// log. It lives on the silo that calls it: all calls of a request come from one silo. No call lasts as long as a generation: call
/// <see cref="Wait"/> until the audio can be read, then <see cref="Read"/>. A request whose client makes no call for a minute is stopped.
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
    /// The encoded audio from a position on, as soon as there is any: at most 256 kB; empty if none was made for 20 s. The client has what
    /// is before the position, which is dropped. Throws an <see cref="InvalidOperationException"/> if the request failed or was stopped.
    /// </summary>
    /// <param name="position">In bytes, from 0; not before that of an earlier call.</param>
    [Alias("read")]
    Task<SpeechAudio> Read(long position);

    /// <summary>
    /// The client needs no more: stops the work, frees its slot and drops the audio. The state of a request that has ended stays as it is.
    /// </summary>
    [Alias("cancel")]
    Task Cancel();
}
