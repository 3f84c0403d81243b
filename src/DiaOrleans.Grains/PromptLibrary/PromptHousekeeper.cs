using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Transcripts;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>
/// In the background from the start on: discovers prompts where the configuration wants it, then looks after what was uploaded. The start does not wait for it.
/// </summary>
internal sealed partial class PromptHousekeeper(PromptDiscovery discovery, PromptBacklog backlog, IGrainFactory grains, ILogger<PromptHousekeeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Attempt(() => Begin(stoppingToken), stoppingToken);
        await foreach (var id in backlog.Take(stoppingToken)) await Attempt(() => discovery.DiscoverOne(id, stoppingToken), stoppingToken);
    }

    private async Task Begin(CancellationToken stop)
    {
        var configuration = await grains.GetGrain<IConfigurationGrain>(0).Get();
        if (configuration.AutoDiscoverPrompts && await discovery.Discover(forceRetranscribe: false, stop) is { Count: > 0 } found) Log.Discovered(logger, found.Count);
    }

    /// <summary>Nobody waits for the answer: a failure is logged, and the next piece of work goes on.</summary>
    private async Task Attempt(Func<Task> work, CancellationToken stop)
    {
        try
        {
            await work();
        }
        catch (Exception problem)
        {
            // What ends because the server stops is no failure.
            if (!stop.IsCancellationRequested) Log.Failed(logger, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Count} audio prompts were found.")]
        public static partial void Discovered(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Warning, "Work on audio prompts in the background failed.")]
        public static partial void Failed(ILogger logger, Exception cause);
    }
}
