namespace DiaOrleans.Abstractions.Recognition;

/// <summary>What speech recognition does.</summary>
public enum RecognitionAction
{
    /// <summary>Downloads the model if it is missing.</summary>
    Fetch,

    /// <summary>Loads the model, which is downloaded first if it is missing.</summary>
    Load,

    /// <summary>Recognises the words of a recording.</summary>
    Recognize,
}

/// <summary>An order to the speech recognition of a silo. The silo's settings decide whether it downloads anything.</summary>
[GenerateSerializer, Immutable, Alias("dia.recognition-order")]
public sealed record RecognitionOrder
{
    /// <summary>What to do.</summary>
    [Id(0)] public required RecognitionAction Action { get; init; }

    /// <summary>tiny, base, small, medium or large.</summary>
    [Id(1)] public required string ModelSize { get; init; }

    /// <summary>Whether a client asks for it: by default only then a missing model is downloaded.</summary>
    [Id(2)] public required bool Asked { get; init; }

    /// <summary>The recording, mono, -1 to 1, at 16 000 Hz, 600 s (38 MB) at most; empty if nothing is recognised.</summary>
    [Id(3)] public float[] Samples { get; init; } = [];

    /// <summary>SHA-256 of <see cref="Samples"/>, hexadecimal; empty if nothing is recognised.</summary>
    [Id(4)] public string Digest { get; init; } = "";
}
