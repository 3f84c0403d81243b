namespace DiaOrleans.Grains.Retention;

/// <summary>A part of the hourly cleanup. Steps do not rely on each other's order, and may run on several silos at once.</summary>
public interface ICleanupStep
{
    /// <summary>Removes what is too old at <paramref name="now"/>.</summary>
    Task Sweep(DateTimeOffset now, CancellationToken cancellationToken);
}
