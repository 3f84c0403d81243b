using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Server.Recognition;

/// <summary>What a server built without Whisper.net has.</summary>
internal sealed class UnavailableRecognizer : ISpeechRecognizer
{
    public RecognizerStatus GetStatus(string modelSize) => default;

    public Task Fetch(string modelSize, CancellationToken cancellationToken) => Task.FromException(Missing());

    public Task Load(string modelSize, CancellationToken cancellationToken) => Task.FromException(Missing());

    public Task<RecognizedSpeech> Recognize(ReadOnlyMemory<float> samples, string modelSize, CancellationToken cancellationToken) =>
        Task.FromException<RecognizedSpeech>(Missing());

    private static RecognizerUnavailableException Missing() => new("Whisper is not installed");
}
