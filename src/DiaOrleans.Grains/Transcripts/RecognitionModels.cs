using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>Downloads missing models of speech recognition in the background, for callers that cannot wait for a download.</summary>
internal sealed partial class RecognitionModels(
    ISpeechRecognizer recognizer,
    RecognitionFailures failures,
    ILogger<RecognitionModels> logger)
{
    private readonly SingleFlight<string, bool> _fetches = new();

    /// <summary>
    /// True if the model is on disk somewhere. If it is missing and downloads are on, starts its download, one at a time for each size.
    /// </summary>
    public async Task<bool> IsOnDiskOrFetch(string modelSize)
    {
        var status = await recognizer.GetStatus(modelSize);
        if (status.AvailableUnasked && !status.OnDisk && !failures.IsRecent(RecognitionFault.Download, modelSize))
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
            failures.Add(RecognitionFault.Download, modelSize);
            Log.NotFetched(logger, modelSize, problem.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(802, LogLevel.Warning, "The Whisper model {Size} was not downloaded: {Reason}")]
        public static partial void NotFetched(ILogger logger, string size, string reason);
    }
}
