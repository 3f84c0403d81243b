using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Waiting;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Prompts;

/// <summary>
/// The locks of audio prompts between silos. A lock keeps two silos from changing the files and the state of one prompt in turns. If the
/// silo of a lock fails, two silos may change a prompt at the same time; the discovery that follows each change then registers the
/// recording that is in the store.
/// </summary>
/// <param name="grains">Calls the locks.</param>
/// <param name="time">Clock of the pauses.</param>
/// <param name="silo">This silo; null if this process is none.</param>
internal sealed class SharedPromptLocks(IGrainFactory grains, TimeProvider time, ILocalSiloDetails? silo = null)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // The last of three attempts is made after a silo that was killed is declared dead.
    private readonly CallRetry _calls = new(TimeSpan.FromSeconds(2), time);

    /// <summary>Waits for the lock of a prompt.</summary>
    /// <returns>Names the holding, for <see cref="Release"/>.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    /// <exception cref="OrleansException">The silo of the lock does not answer.</exception>
    /// <exception cref="TimeoutException">The silo of the lock does not answer.</exception>
    public async Task<Guid> Take(string promptId, CancellationToken cancellationToken)
    {
        var holder = Guid.NewGuid();
        try
        {
            while (!await _calls.Execute(TryTake, cancellationToken)) await Task.Delay(Pause, time, cancellationToken);
            return holder;
        }
        catch
        {
            // A call without an answer may have taken it. That silo may not answer this call either.
            _ = Release(promptId, holder);
            throw;
        }

        Task<bool> TryTake() => grains.GetGrain<IPromptLockGrain>(promptId).TryTake(holder, silo?.SiloAddress);
    }

    /// <summary>Gives a lock up. If the call fails, the lock is free after some minutes.</summary>
    public async Task Release(string promptId, Guid holder)
    {
        try
        {
            await grains.GetGrain<IPromptLockGrain>(promptId).Release(holder);
        }
        catch (Exception fault) when (fault.IsSiloFault())
        {
            // The silo of the lock has failed, and with it the lock.
        }
    }
}
