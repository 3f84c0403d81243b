using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.ClusterWork;
using DiaOrleans.Grains.Prompts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>
/// Discovers prompts in the background: all at the start if the configuration says so and no other silo of the cluster has done it, then
/// those in the queue. The start of the server does not wait for it.
/// </summary>
internal sealed partial class PromptDiscoveryService(
    PromptDiscovery discovery,
    PromptDiscoveryQueue queue,
    IGrainFactory grains,
    ILocalSiloDetails silo,
    ILogger<PromptDiscoveryService> logger) : BackgroundService
{
    private const string Work = "prompt-discovery";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await LogFailure(() => DiscoverAtStart(stoppingToken), stoppingToken);
        await foreach (var id in queue.DequeueAll(stoppingToken))
            await LogFailure(() => discovery.DiscoverOne(id, stoppingToken), stoppingToken);
    }

    private async Task DiscoverAtStart(CancellationToken stop)
    {
        var configuration = await grains.GetGrain<IConfigurationGrain>(0).Get();
        if (!configuration.AutoDiscoverPrompts) return;
        var once = grains.GetGrain<ISingleWorkGrain>(Work);
        if (!await once.Take(silo.SiloAddress.ToParsableString())) return;
        var succeeded = false;
        try
        {
            var found = await discovery.Discover(forceRetranscribe: false, stop);
            succeeded = true;
            if (found.Count > 0) Log.Discovered(logger, found.Count);
        }
        finally
        {
            await once.End(succeeded);
        }
    }

    /// <summary>Runs one piece of work; if it fails, the service goes on with the next.</summary>
    private async Task LogFailure(Func<Task> work, CancellationToken stop)
    {
        try
        {
            await work();
        }
        catch (Exception problem)
        {
            if (!stop.IsCancellationRequested) Log.Failed(logger, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(403, LogLevel.Information, "Audio prompts discovered: {Count}.")]
        public static partial void Discovered(ILogger logger, int count);

        [LoggerMessage(404, LogLevel.Warning, "The discovery of audio prompts in the background failed.")]
        public static partial void Failed(ILogger logger, Exception cause);
    }
}
