using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>Models of speech recognition for those who cannot wait for a download: a missing one is fetched in the background, once for all.</summary>
internal sealed partial class RecognitionModels(ISpeechRecognizer recognizer, RecognitionFailures failures, ILogger<RecognitionModels> logger)
{
    private readonly SingleFlight<string, bool> _fetches = new();

    /// <summary>Whether the model is on disk. Where it is not, it may be the next time.</summary>
    public bool IsReady(string modelSize)
    {
        var status = recognizer.GetStatus(modelSize);
        if (status.AvailableUnasked && !status.OnDisk && !failures.Remembers(RecognitionFault.Download, modelSize))
            _ = _fetches.Run(modelSize, () => Fetch(modelSize), CancellationToken.None);
        return status.OnDisk;
    }

    private async Task<bool> Fetch(string modelSize)
    {
        try
        {
            await recognizer.Fetch(modelSize, CancellationToken.None);
            return true;
        }
        catch (Exception problem)
        {
            failures.Remember(RecognitionFault.Download, modelSize);
            Log.NotFetched(logger, modelSize, problem.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The Whisper model {Size} was not fetched: {Why}")]
        public static partial void NotFetched(ILogger logger, string size, string why);
    }
}
