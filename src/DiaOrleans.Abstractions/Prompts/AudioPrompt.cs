namespace DiaOrleans.Abstractions.Prompts;

/// <summary>A registered recording.</summary>
[GenerateSerializer, Immutable, Alias("dia.audio-prompt-info")]
public sealed record AudioPrompt
{
    /// <summary>Its id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>What was registered.</summary>
    [Id(1)] public required PromptRecording Recording { get; init; }

    /// <summary>What it says, or null where nobody has said.</summary>
    [Id(2)] public PromptTranscript? Transcript { get; init; }

    /// <summary>When it was registered or found, UTC.</summary>
    [Id(3)] public required DateTimeOffset DiscoveredAt { get; init; }

    /// <summary>MD5 of the file, lower-case hexadecimal.</summary>
    public string Hash => Recording.Hash;
}

/// <summary>A recording in the blob store.</summary>
/// <param name="Path">Relative path, <c>audio_prompts/NAME</c>: also its key in the blob store.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="SampleRate">Hz.</param>
/// <param name="Hash">MD5 of the file, lower-case hexadecimal.</param>
[GenerateSerializer, Immutable, Alias("dia.prompt-recording")]
public sealed record PromptRecording(
    [property: Id(0)] string Path,
    [property: Id(1)] double Duration,
    [property: Id(2)] int SampleRate,
    [property: Id(3)] string Hash);

/// <summary>What a recording says.</summary>
/// <param name="Text">The words.</param>
/// <param name="Source">manual, reference, txt or whisper.</param>
/// <param name="Spans">When which words are said, where speech recognition told; else empty.</param>
[GenerateSerializer, Immutable, Alias("dia.prompt-transcript")]
public sealed record PromptTranscript(
    [property: Id(0)] string Text,
    [property: Id(1)] string Source,
    [property: Id(2)] IReadOnlyList<TranscriptSpan> Spans);

/// <summary>Words and when they are said, in seconds from the recording's start.</summary>
[GenerateSerializer, Immutable, Alias("dia.transcript-span")]
public sealed record TranscriptSpan([property: Id(0)] double Start, [property: Id(1)] double End, [property: Id(2)] string Text);

/// <summary>A recording's DAC codes.</summary>
/// <param name="RecordingHash">Of the recording that was encoded.</param>
/// <param name="CodecFingerprint">Of the codec that encoded it.</param>
/// <param name="Cells">[frames, channels], row-major.</param>
/// <param name="Channels">Codebooks.</param>
[GenerateSerializer, Immutable, Alias("dia.prompt-codes")]
public sealed record PromptCodes(
    [property: Id(0)] string RecordingHash,
    [property: Id(1)] string CodecFingerprint,
    [property: Id(2)] short[] Cells,
    [property: Id(3)] int Channels);
