using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Disk;

/// <summary>Refuses what would be stored while the disk has little space, before anything is accepted that could be lost; 507.</summary>
internal sealed class DiskGuard(DiskOptions options, IFreeSpace space, LimitedBlobStore blobs)
{
    /// <summary>Makes routes refuse requests while the disk has little space.</summary>
    public static TBuilder Protect<TBuilder>(TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.AddEndpointFilter((context, next) =>
        {
            context.HttpContext.RequestServices.GetRequiredService<DiskGuard>().RequireFree();
            return next(context);
        });

    /// <exception cref="ApiProblem">507: the disk has little space.</exception>
    public void RequireFree()
    {
        if (space.Bytes is not { } free || free >= (long)options.MinFreeMegabytes << 20) return;
        throw ApiProblem.NoSpace(
            $"Not enough disk space: {free >> 20} MB are free, and {options.MinFreeMegabytes} MB stay free (MinFreeMegabytes)");
    }

    /// <exception cref="ApiProblem">507: the disk has little space, or the results of jobs have reached their limit.</exception>
    public async Task RequireRoomForJob(CancellationToken stop)
    {
        RequireFree();
        try
        {
            await blobs.RequireRoom(JobResults.Folder, stop);
        }
        catch (FolderFullException full)
        {
            throw ApiProblem.NoSpace(DiskFull.Find(full)!);
        }
    }
}
