using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Audio.Resampling;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Recognition;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>Speech recognition of recordings in the blob store.</summary>
internal sealed partial class PromptRecognition(
    PromptReader reader,
    ISpeechRecognizer recognizer,
    RecognitionFailures failures,
    ILogger<PromptRecognition> logger)
{
    /// <summary>Hz, as <see cref="ISpeechRecognizer.Recognize"/> expects it.</summary>
    private const int RecognizerRate = 16000;

    /// <summary>
    /// Recordings whose samples are in memory at the same time. A silo recognises one after another, so that more would only wait.
    /// </summary>
    internal const int MaxAtOnce = 4;

    private readonly SemaphoreSlim _turns = new(MaxAtOnce);

    /// <summary>True if recordings can be recognised with a model of this size, perhaps after a download.</summary>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    /// <param name="asked">True if a client asks for the transcription: then a missing model may be downloaded by default.</param>
    public async Task<bool> IsAvailable(string modelSize, bool asked)
    {
        var status = await recognizer.GetStatus(modelSize);
        return asked ? status.Available : status.AvailableUnasked;
    }

    /// <summary>Lets <see cref="TryRecognize"/> repeat at once what has failed recently.</summary>
    public void ClearFailures() => failures.Clear();

    /// <summary>
    /// Recognises a recording on the server's own initiative: a failure is logged, and the same is not tried again for
    /// <see cref="RecognitionFailures.Lifetime"/>.
    /// </summary>
    /// <returns>The transcript, or null if the recognition failed now or recently.</returns>
    /// <param name="prompt">The prompt.</param>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    /// <param name="asked">See <see cref="IsAvailable"/>.</param>
    /// <param name="cancellationToken">Stops the recognition.</param>
    public async Task<PromptTranscript?> TryRecognize(
        AudioPrompt prompt,
        string modelSize,
        bool asked,
        CancellationToken cancellationToken)
    {
        if (await HasFailed(prompt, modelSize)) return null;
        try
        {
            return await Recognize(prompt.Recording, modelSize, asked, cancellationToken);
        }
        catch (Exception problem) when (problem is RecognizerUnavailableException or RecognitionException)
        {
            Log.NotRecognised(logger, prompt.Id, problem.Message);
            return null;
        }
    }

    /// <summary>Recognises a recording.</summary>
    /// <param name="recording">The recording.</param>
    /// <param name="modelSize">tiny, base, small, medium or large.</param>
    /// <param name="asked">See <see cref="IsAvailable"/>.</param>
    /// <param name="cancellationToken">Stops the recognition.</param>
    /// <exception cref="RecognizerUnavailableException">Speech recognition is not available.</exception>
    /// <exception cref="RecognitionException">It failed, or the file cannot be read or has changed since its registration.</exception>
    public async Task<PromptTranscript> Recognize(
        PromptRecording recording,
        string modelSize,
        bool asked,
        CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            var samples = await ReadSamples(recording, cancellationToken);
            var speech = await recognizer.Recognize(samples, modelSize, asked, cancellationToken);
            return new PromptTranscript(speech.Text, TranscriptSources.Whisper, speech.Spans.ToArray());
        }
        catch (RecognitionException problem)
        {
            // A recording during which a process has died may end the next one.
            if (problem.Fault is RecognitionFault.Recording or RecognitionFault.Process)
                failures.Add(RecognitionFault.Recording, recording.Hash);
            else failures.Add(problem.Fault, modelSize);
            throw;
        }
        finally
        {
            _turns.Release();
        }
    }

    private async Task<bool> HasFailed(AudioPrompt prompt, string modelSize)
    {
        var status = await recognizer.GetStatus(modelSize);
        return failures.IsRecent(RecognitionFault.Recording, prompt.Hash)
            || (!status.ModelLoaded && failures.IsRecent(RecognitionFault.Model, modelSize))
            || (!status.OnDisk && failures.IsRecent(RecognitionFault.Download, modelSize));
    }

    private async Task<float[]> ReadSamples(PromptRecording recording, CancellationToken cancellationToken)
    {
        var key = recording.Path;
        try
        {
            var file = await reader.ReadFile(key, cancellationToken) ?? throw new RecognitionException($"{key} is gone.");
            if (PromptReader.ComputeHash(file) != recording.Hash) throw new RecognitionException($"{key} was replaced.");
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
        [LoggerMessage(801, LogLevel.Warning, "Audio prompt '{Prompt}' was not transcribed: {Reason}")]
        public static partial void NotRecognised(ILogger logger, string prompt, string reason);
    }
}
