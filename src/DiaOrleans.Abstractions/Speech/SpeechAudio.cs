namespace DiaOrleans.Abstractions.Speech;

/// <summary>A part of a request's audio.</summary>
/// <param name="Bytes">Encoded audio; not to be changed.</param>
/// <param name="IsLast">Whether nothing follows.</param>
[GenerateSerializer, Immutable, Alias("dia.speech-audio")]
public sealed record SpeechAudio([property: Id(0)] byte[] Bytes, [property: Id(1)] bool IsLast)
{
    /// <summary>No audio was made yet.</summary>
    public static readonly SpeechAudio None = new([], false);
}
