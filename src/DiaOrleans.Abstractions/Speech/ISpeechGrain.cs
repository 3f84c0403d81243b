namespace DiaOrleans.Abstractions.Speech;

/// <summary>
/// One request whose client waits for it, from admission to the last byte of audio; its key is also the id of its entry in the generation log. No call lasts as
/// long as a generation: poll <see cref="Wait"/>, then read.
/// </summary>
[Alias("dia.speech")]
public interface ISpeechGrain : IGrainWithGuidKey
{
    /// <summary>Resolves the voice, prepares the text and hands the work to a worker, which admits or refuses it at once. While a model loads it waits for it, 30 s at most.</summary>
    [Alias("start"), ResponseTimeout("00:01:00")]
    Task<SpeechAdmission> Start(SpeechRequest request);

    /// <summary>Returns when the request has ended or, where it is streamed, its first byte can be read, or after <paramref name="upTo"/> (20 s at most) with the state it is in.</summary>
    [Alias("wait")]
    Task<SpeechSnapshot> Wait(TimeSpan upTo);

    /// <summary>The encoded audio in chunks of at most 256 kB, as it is made; ends with the last byte and throws where the request failed or was stopped.</summary>
    [Alias("read-audio")]
    IAsyncEnumerable<byte[]> ReadAudio(CancellationToken cancellation = default);

    /// <summary>Stops the work and frees its slot. A request that has ended stays as it is.</summary>
    [Alias("cancel")]
    Task Cancel();
}
