using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Retention;

/// <summary>Removes data whose retention time is over, by running all registered steps.</summary>
/// <param name="steps">The steps, run one after the other.</param>
/// <param name="time">Gives the steps the current time.</param>
/// <param name="logger">Receives an error for each failed step.</param>
public sealed partial class Cleanup(IEnumerable<ICleanupStep> steps, TimeProvider time, ILogger<Cleanup> logger)
{
    /// <summary>Runs every step, even if an earlier one has failed.</summary>
    /// <exception cref="AggregateException">Steps have failed; it contains the exception of each.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task Run(CancellationToken cancellationToken)
    {
        var failures = new List<Exception>();
        foreach (var step in steps)
        {
            try
            {
                await step.Run(time.GetUtcNow(), cancellationToken);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                Log.Failed(logger, failure, step.GetType().Name);
                failures.Add(failure);
            }
        }

        if (failures.Count > 0) throw new AggregateException("Steps of the cleanup failed.", failures);
    }

    private static partial class Log
    {
        [LoggerMessage(601, LogLevel.Error, "The cleanup step {Step} failed; the next cleanup runs within an hour.")]
        public static partial void Failed(ILogger logger, Exception cause, string step);
    }
}
