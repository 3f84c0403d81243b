using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Recognition.ModelFiles;

namespace DiaOrleans.Server.Recognition;

/// <summary>Loads the configured model when the server has started, if its file is on disk. It downloads nothing.</summary>
internal sealed partial class RecognizerWarmUp(
    ISiloRecognizer recognizer,
    WhisperModels models,
    ConfigurationReads configurations,
    IHostApplicationLifetime life,
    ILogger<RecognizerWarmUp> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (models.OnDisk.Count == 0) return;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = life.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        try
        {
            var size = (await configurations.Get()).WhisperModelSize;
            if (models.Find(size) is not null) await recognizer.Load(size, stoppingToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.NotLoaded(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(402, LogLevel.Warning, "The model of speech recognition was not loaded at start-up.")]
        public static partial void NotLoaded(ILogger logger, Exception cause);
    }
}
