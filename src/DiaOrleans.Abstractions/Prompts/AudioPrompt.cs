namespace DiaOrleans.Abstractions.Prompts;

/// <summary>A registered audio prompt: a recording whose speaker a voice clones.</summary>
[GenerateSerializer, Immutable, Alias("dia.audio-prompt-info")]
public sealed record AudioPrompt
{
    /// <summary>The id under which it is registered; the key of its grain.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The registered recording.</summary>
    [Id(1)] public required PromptRecording Recording { get; init; }

    /// <summary>The words of the recording, or null if they are not known.</summary>
    [Id(2)] public PromptTranscript? Transcript { get; init; }

    /// <summary>When this recording was registered, UTC.</summary>
    [Id(3)] public required DateTimeOffset DiscoveredAt { get; init; }

    /// <summary>MD5 of the file, lower-case hexadecimal.</summary>
    public string Hash => Recording.Hash;
}

/// <summary>A recording in the blob store.</summary>
/// <param name="Path">Relative path, <c>audio_prompts/NAME</c>; also the key in the blob store.</param>
/// <param name="Duration">Length in seconds.</param>
/// <param name="SampleRate">Samples per second, in Hz.</param>
/// <param name="Hash">MD5 of the file, lower-case hexadecimal.</param>
[GenerateSerializer, Immutable, Alias("dia.prompt-recording")]
public sealed record PromptRecording(
    [property: Id(0)] string Path,
    [property: Id(1)] double Duration,
    [property: Id(2)] int SampleRate,
    [property: Id(3)] string Hash);

/// <summary>The words of a recording.</summary>
/// <param name="Text">The words.</param>
/// <param name="Source">Where they come from: <c>manual</c>, <c>reference</c>, <c>txt</c> or <c>whisper</c>.</param>
/// <param name="Spans">The times of the words if speech recognition found them; else empty.</param>
[GenerateSerializer, Immutable, Alias("dia.prompt-transcript")]
public sealed record PromptTranscript(
    [property: Id(0)] string Text,
    [property: Id(1)] string Source,
    [property: Id(2)] IReadOnlyList<TranscriptSpan> Spans);

/// <summary>Words of a recording and their time.</summary>
/// <param name="Start">Seconds from the start of the recording to the first word.</param>
/// <param name="End">Seconds from the start of the recording to the end of the last word.</param>
/// <param name="Text">The words.</param>
[GenerateSerializer, Immutable, Alias("dia.transcript-span")]
public sealed record TranscriptSpan([property: Id(0)] double Start, [property: Id(1)] double End, [property: Id(2)] string Text);

/// <summary>The codes of a recording: what a codec made of its samples.</summary>
/// <param name="RecordingHash">MD5 of the encoded file, lower-case hexadecimal.</param>
/// <param name="CodecFingerprint">Fingerprint of the codec.</param>
/// <param name="Cells">Codes, row-major of shape [frames, <paramref name="Channels"/>].</param>
/// <param name="Channels">Number of codebooks.</param>
[GenerateSerializer, Immutable, Alias("dia.prompt-codes")]
public sealed record PromptCodes(
    [property: Id(0)] string RecordingHash,
    [property: Id(1)] string CodecFingerprint,
    [property: Id(2)] short[] Cells,
    [property: Id(3)] int Channels);
