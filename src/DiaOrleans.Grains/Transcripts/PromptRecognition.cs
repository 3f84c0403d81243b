using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Audio.Resampling;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>What stored recordings say, by speech recognition.</summary>
internal sealed partial class PromptRecognition(PromptReader reader, ISpeechRecognizer recognizer, RecognitionFailures failures, ILogger<PromptRecognition> logger)
{
    private const int RecognizerRate = 16000;

    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    /// <param name="asked">A client asks for the transcription; otherwise a missing model may not be downloaded.</param>
    public bool IsAvailable(string modelSize, bool asked)
    {
        var status = recognizer.GetStatus(modelSize);
        return asked ? status.Available : status.AvailableUnasked;
    }

    /// <summary>What failed lately may be tried again.</summary>
    public void ForgetFailures() => failures.Forget();

    /// <summary>For work that nobody asked for by name: null, with a warning, where it fails, and where it has failed lately.</summary>
    public async Task<PromptTranscript?> Attempt(AudioPrompt prompt, string modelSize, CancellationToken cancellationToken)
    {
        if (HasFailed(prompt, modelSize)) return null;
        try
        {
            return await Recognize(prompt.Recording, modelSize, cancellationToken);
        }
        catch (Exception problem) when (problem is RecognizerUnavailableException or RecognitionException)
        {
            Log.NotRecognised(logger, prompt.Id, problem.Message);
            return null;
        }
    }

    /// <exception cref="RecognizerUnavailableException">There is no speech recognition here.</exception>
    /// <exception cref="RecognitionException">It failed, or the recording cannot be read or is not the file that is there now.</exception>
    public async Task<PromptTranscript> Recognize(PromptRecording recording, string modelSize, CancellationToken cancellationToken)
    {
        try
        {
            var samples = await Samples(recording, cancellationToken);
            var heard = await recognizer.Recognize(samples, modelSize, cancellationToken);
            return new PromptTranscript(heard.Text, TranscriptSources.Whisper, heard.Spans.ToArray());
        }
        catch (RecognitionException problem)
        {
            failures.Remember(problem.Fault, problem.Fault == RecognitionFault.Recording ? recording.Hash : modelSize);
            throw;
        }
    }

    private bool HasFailed(AudioPrompt prompt, string modelSize)
    {
        var status = recognizer.GetStatus(modelSize);
        return failures.Remembers(RecognitionFault.Recording, prompt.Hash)
            || (!status.ModelLoaded && failures.Remembers(RecognitionFault.Model, modelSize))
            || (!status.OnDisk && failures.Remembers(RecognitionFault.Download, modelSize));
    }

    private async Task<float[]> Samples(PromptRecording recording, CancellationToken cancellationToken)
    {
        var key = recording.Path;
        try
        {
            var file = await reader.ReadFile(key, cancellationToken) ?? throw new RecognitionException($"{key} is gone.");
            if (PromptReader.HashOf(file) != recording.Hash) throw new RecognitionException($"{key} was replaced meanwhile.");
            var decoded = await reader.DecodeFile(file, cancellationToken);
            return await Task.Run(() => Resampler.Convert(decoded.Samples, decoded.SampleRate, RecognizerRate), cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or RecordingException)
        {
            throw new RecognitionException($"{key} cannot be read: {problem.Message}", problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Audio prompt '{Prompt}' was not transcribed: {Why}")]
        public static partial void NotRecognised(ILogger logger, string prompt, string why);
    }
}
