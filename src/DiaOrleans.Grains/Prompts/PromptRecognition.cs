using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Audio.Resampling;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Prompts;

/// <summary>What stored recordings say, by speech recognition.</summary>
internal sealed class PromptRecognition(PromptReader reader, ISpeechRecognizer recognizer)
{
    private const int RecognizerRate = 16000;

    public bool IsAvailable(string modelSize) => recognizer.GetStatus(modelSize).Available;

    /// <exception cref="RecognizerUnavailableException">There is no speech recognition here.</exception>
    /// <exception cref="RecognitionException">It failed, or the recording cannot be read.</exception>
    public async Task<PromptTranscript> Recognize(PromptRecording recording, string modelSize, CancellationToken cancellationToken)
    {
        var samples = await Samples(recording.Path, cancellationToken);
        var heard = await recognizer.Recognize(samples, modelSize, cancellationToken);
        return new PromptTranscript(heard.Text, TranscriptSources.Whisper, heard.Spans.ToArray());
    }

    private async Task<float[]> Samples(string key, CancellationToken cancellationToken)
    {
        try
        {
            var file = await reader.ReadFile(key, cancellationToken) ?? throw new RecognitionException($"{key} is gone.");
            var recording = await reader.DecodeFile(file, cancellationToken);
            return await Task.Run(() => Resampler.Convert(recording.Samples, recording.SampleRate, RecognizerRate), cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or RecordingException)
        {
            throw new RecognitionException($"{key} cannot be read: {problem.Message}", problem);
        }
    }
}
