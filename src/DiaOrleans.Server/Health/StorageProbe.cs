using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Waiting;
using Orleans.Storage;

namespace DiaOrleans.Server.Health;

/// <summary>
/// Whether the store of grain state answers: reads a row that does not exist. An answer counts for a second, and one read runs at a time,
/// so that frequent questions cost nothing. Thread-safe.
/// </summary>
internal sealed class StorageProbe(
    [FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage,
    TimeProvider time)
{
    /// <summary>How long a read may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);
    private static readonly GrainId Row = GrainId.Create("dia.health", "probe");

    private readonly Lock _gate = new();
    private Task _read = Task.CompletedTask;
    private long? _startedAt;

    /// <summary>False if the newest read failed or has not ended within <see cref="Limit"/>.</summary>
    public async Task<bool> IsAnswering()
    {
        var (read, startedAt) = Current();
        var left = Limit - time.GetElapsedTime(startedAt);
        if (left > TimeSpan.Zero) await read.WaitUpTo(left, time);
        return read.IsCompletedSuccessfully;
    }

    private (Task Read, long StartedAt) Current()
    {
        lock (_gate)
        {
            if (_startedAt is not { } startedAt || (_read.IsCompleted && time.GetElapsedTime(startedAt) >= MaxAge))
            {
                startedAt = time.GetTimestamp();
                _startedAt = startedAt;
                // A store may block before it returns its task.
                _read = Task.Run(() => storage.ReadStateAsync("health", Row, new GrainState<ProbedRow>(new ProbedRow())));
            }

            return (_read, startedAt);
        }
    }

    /// <summary>The type of the row, which nobody writes.</summary>
    [StoredState("dia.health", version: 1)]
    private sealed class ProbedRow;
}
