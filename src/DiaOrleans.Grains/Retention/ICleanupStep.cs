namespace DiaOrleans.Grains.Retention;

/// <summary>A step of the cleanup. Steps run one after another, on one silo of the cluster.</summary>
public interface ICleanupStep
{
    /// <summary>Removes data whose retention time is over at <paramref name="now"/>.</summary>
    Task Run(DateTimeOffset now, CancellationToken cancellationToken);
}
