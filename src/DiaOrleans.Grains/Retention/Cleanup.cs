using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Retention;

/// <summary>Removes what is too old, by all steps that there are.</summary>
public sealed partial class Cleanup(IEnumerable<ICleanupStep> steps, TimeProvider time, ILogger<Cleanup> logger)
{
    /// <summary>Runs every step, also after one that failed.</summary>
    /// <exception cref="AggregateException">Steps failed.</exception>
    public async Task Run(CancellationToken cancellationToken)
    {
        var failures = new List<Exception>();
        foreach (var step in steps)
        {
            try
            {
                await step.Sweep(time.GetUtcNow(), cancellationToken);
            }
            catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
            {
                Log.Failed(logger, problem, step.GetType().Name);
                failures.Add(problem);
            }
        }

        if (failures.Count > 0) throw new AggregateException("The cleanup failed in part.", failures);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The cleanup step {Step} failed; the next one is in an hour.")]
        public static partial void Failed(ILogger logger, Exception cause, string step);
    }
}
