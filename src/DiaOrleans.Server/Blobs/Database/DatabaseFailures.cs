using DiaOrleans.Grains.Blobs;
using Npgsql;
using Polly;
using Polly.Retry;

namespace DiaOrleans.Server.Blobs.Database;

/// <summary>
/// Repeats calls of the database that failed because of a connection: after a restart of the database, those of the pool are broken.
/// Failures that remain are thrown as those of a blob store.
/// </summary>
/// <param name="time">Clock of the pauses.</param>
internal sealed class DatabaseFailures(TimeProvider time)
{
    private readonly ResiliencePipeline _attempts = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<NpgsqlException>(e => e.IsTransient),
            MaxRetryAttempts = 3,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(100),
        })
        .Build();

    /// <summary>Runs work that may be repeated.</summary>
    /// <param name="what">A key or a folder, for messages.</param>
    /// <param name="verb">What is done with it: read, written, deleted.</param>
    /// <param name="work">The work.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="IOException">It failed.</exception>
    public async Task<T> Run<T>(string what, string verb, Func<CancellationToken, Task<T>> work, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        try
        {
            return await _attempts.ExecuteAsync(async s => await work(s), stop);
        }
        catch (PostgresException cause) when (cause.SqlState == PostgresErrorCodes.DiskFull)
        {
            throw FullDisk.Create($"{what} cannot be {verb}.", cause);
        }
        catch (NpgsqlException cause)
        {
            var reason = cause is PostgresException { IsTransient: false } ? "refuses it" : "does not answer";
            throw new IOException($"{what} cannot be {verb}: the database {reason}.", cause);
        }
    }
}
