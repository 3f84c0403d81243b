namespace DiaOrleans.Grains.State;

/// <summary>
/// Lets changes that nobody waits for share a write, which begins a while after the first of them. For the turns of one grain.
/// </summary>
/// <param name="delay">How long a change waits.</param>
/// <param name="time">Clock of the delay.</param>
/// <param name="write">Writes all changes of before.</param>
/// <param name="failed">Receives the failure of a write; null if the write reports its own.</param>
internal sealed class LateWrite(TimeSpan delay, TimeProvider time, Func<Task> write, Action<Exception>? failed = null)
{
    private bool _waits;

    /// <summary>Has what was changed written later, unless a write that will include it waits already.</summary>
    public void Begin()
    {
        if (_waits) return;
        _waits = true;
        _ = Run();
    }

    private async Task Run()
    {
        await Task.Delay(delay, time);
        // What changes during the write needs another one.
        _waits = false;
        try
        {
            await write();
        }
        catch (Exception e)
        {
            failed?.Invoke(e);
        }
    }
}
