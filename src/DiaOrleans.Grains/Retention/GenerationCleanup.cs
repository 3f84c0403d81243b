using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Rendering;

namespace DiaOrleans.Grains.Retention;

/// <summary>
/// Removes saved outputs and log entries older than output_retention_hours. An entry and its output are removed together, if either is
/// too old.
/// </summary>
internal sealed class GenerationCleanup(IGrainFactory grains, IBlobStore blobs) : ICleanupStep
{
    /// <inheritdoc/>
    public async Task Run(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var configuration = await grains.GetGrain<IConfigurationGrain>(0).Get();
        var oldest = RetentionAge.GetOldestKept(now, configuration.OutputRetentionHours);
        var log = grains.GetGrain<IGenerationLogGrain>(0);
        var outputs = await blobs.List(GenerationRecorder.Folder, cancellationToken);
        var expired = outputs.Where(blob => blob.WrittenAt < oldest).Select(blob => blob.Key).ToHashSet(StringComparer.Ordinal);
        if (expired.Count > 0) await log.RemoveByFiles([.. expired]);
        foreach (var entry in await log.RemoveBefore(oldest))
        {
            if (entry.FilePath is { } file) expired.Add(file);
        }

        foreach (var file in expired) await blobs.Delete(file, cancellationToken);
    }
}
