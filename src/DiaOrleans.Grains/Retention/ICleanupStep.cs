namespace DiaOrleans.Grains.Retention;

/// <summary>A step of the cleanup. Steps run in any order and may run on several silos at the same time.</summary>
public interface ICleanupStep
{
    /// <summary>Removes data whose retention time is over at <paramref name="now"/>.</summary>
    Task Run(DateTimeOffset now, CancellationToken cancellationToken);
}
