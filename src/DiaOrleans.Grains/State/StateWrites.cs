using Orleans.Runtime;

namespace DiaOrleans.Grains.State;

/// <summary>
/// Writes of a grain's state that end the activation if the store fails: memory and store may differ then,
/// and the next call gets an activation that reads the store.
/// </summary>
internal static class StateWrites
{
    /// <summary>Writes the state.</summary>
    /// <exception cref="Exception">The store failed, with its own exception; the grain is deactivated after the current call.</exception>
    public static Task WriteOrDeactivate<T>(this IPersistentState<T> state, IGrainBase grain) =>
        grain.ChangeOrDeactivate(() => state.WriteStateAsync());

    /// <summary>Removes the state from the store.</summary>
    /// <inheritdoc cref="WriteOrDeactivate{T}" path="/exception"/>
    public static Task ClearOrDeactivate<T>(this IPersistentState<T> state, IGrainBase grain) =>
        grain.ChangeOrDeactivate(() => state.ClearStateAsync());

    /// <summary>Runs a change that consists of several writes or of calls to other grains.</summary>
    /// <exception cref="Exception">The change failed, with its own exception; the grain is deactivated after the current call.</exception>
    public static async Task ChangeOrDeactivate(this IGrainBase grain, Func<Task> change)
    {
        try
        {
            await change();
        }
        catch
        {
            grain.DeactivateOnIdle();
            throw;
        }
    }
}
