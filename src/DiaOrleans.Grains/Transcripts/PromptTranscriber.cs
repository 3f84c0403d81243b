using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>Transcribes a prompt at the request of a client.</summary>
internal sealed class PromptTranscriber(
    PromptRecognition recognition,
    PromptTranscripts transcripts,
    IGrainFactory grains,
    PromptDiscoveryQueue queue)
{
    /// <summary>Recognises the recording of a prompt and replaces its transcript, whatever its source; voices are not changed.</summary>
    /// <returns>The changed prompt, or null if there is no such prompt.</returns>
    /// <exception cref="RecognizerUnavailableException">Speech recognition is not available.</exception>
    /// <exception cref="RecognitionException">It failed, or the recording was replaced in the meantime.</exception>
    public async Task<AudioPrompt?> Transcribe(string id, CancellationToken cancellationToken)
    {
        if (await grains.GetGrain<IAudioPromptGrain>(id).Get() is not { } prompt) return null;
        var configuration = await grains.GetGrain<IConfigurationGrain>(0).Get();
        var transcript = await Recognize(prompt, configuration.WhisperModelSize, cancellationToken);
        return await transcripts.Keep(prompt, transcript, cancellationToken)
            ?? throw new RecognitionException("The recording was replaced during its recognition.");
    }

    private async Task<PromptTranscript> Recognize(AudioPrompt prompt, string modelSize, CancellationToken cancellationToken)
    {
        try
        {
            return await recognition.Recognize(prompt.Recording, modelSize, asked: true, cancellationToken);
        }
        catch (RecognitionException problem) when (problem.Fault == RecognitionFault.Recording)
        {
            // If the file was replaced in the folder, the discovery registers the new one before the next request.
            queue.Enqueue(prompt.Id);
            throw;
        }
    }
}
