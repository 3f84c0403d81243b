namespace DiaOrleans.Grains.Recognition;

/// <summary>Stands where no speech recognition is wired in.</summary>
internal sealed class MissingRecognizer : ISpeechRecognizer
{
    public RecognizerStatus GetStatus(string modelSize) => default;

    public Task Load(string modelSize, CancellationToken cancellationToken) => Task.FromException(Missing());

    public Task<RecognizedSpeech> Recognize(ReadOnlyMemory<float> samples, string modelSize, CancellationToken cancellationToken) =>
        Task.FromException<RecognizedSpeech>(Missing());

    private static RecognizerUnavailableException Missing() => new("No speech recognition is wired in.");
}
