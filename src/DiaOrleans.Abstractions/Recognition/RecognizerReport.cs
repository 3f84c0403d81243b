namespace DiaOrleans.Abstractions.Recognition;

/// <summary>The state of speech recognition with a model of one size.</summary>
/// <param name="Available">The model is on disk, or a client's request for a transcription may download it.</param>
/// <param name="AvailableUnasked">The model is on disk, or may be downloaded without such a request.</param>
/// <param name="OnDisk">The model is on disk.</param>
/// <param name="ModelLoaded">The model is loaded.</param>
/// <param name="Message">The state in a sentence for people, without paths and addresses.</param>
[GenerateSerializer, Immutable, Alias("dia.recognizer-status")]
public sealed record RecognizerStatus(
    [property: Id(0)] bool Available,
    [property: Id(1)] bool AvailableUnasked,
    [property: Id(2)] bool OnDisk,
    [property: Id(3)] bool ModelLoaded,
    [property: Id(4)] string Message);

/// <summary>What a silo says of its speech recognition.</summary>
/// <param name="Models">The state with each model that there is, by size.</param>
[GenerateSerializer, Immutable, Alias("dia.recognizer-report")]
public sealed record RecognizerReport([property: Id(0)] IReadOnlyDictionary<string, RecognizerStatus> Models)
{
    /// <summary>The state with a model of this size, which may be unknown.</summary>
    public RecognizerStatus Find(string modelSize)
    {
        if (Models.TryGetValue(modelSize, out var status)) return status;
        var sizes = string.Join(", ", Models.Keys.Order(StringComparer.Ordinal));
        var message = $"There is no Whisper model of the size '{modelSize}'. There are: {sizes}.";
        return new RecognizerStatus(Available: false, AvailableUnasked: false, OnDisk: false, ModelLoaded: false, message);
    }
}
