using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Blobs;

namespace DiaOrleans.Grains.Retention;

/// <summary>Removes saved outputs and log entries older than output_retention_hours. An output goes with its entry, and an entry with its output.</summary>
internal sealed class OldGenerations(IGrainFactory grains, IBlobStore blobs) : ICleanupStep
{
    /// <summary>The folder of saved outputs.</summary>
    public const string Folder = "audio_outputs";

    public async Task Sweep(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var configuration = await grains.GetGrain<IConfigurationGrain>(0).Get();
        var limit = RetentionAge.Limit(now, configuration.OutputRetentionHours);
        var log = grains.GetGrain<IGenerationLogGrain>(0);
        var old = (await blobs.List(Folder, cancellationToken)).Where(blob => blob.WrittenAt < limit).Select(blob => blob.Key).ToHashSet(StringComparer.Ordinal);
        if (old.Count > 0) await log.RemoveOf([.. old]);
        foreach (var entry in await log.RemoveBefore(limit))
        {
            if (entry.FilePath is { } file) old.Add(file);
        }

        foreach (var file in old) await blobs.Delete(file, cancellationToken);
    }
}
