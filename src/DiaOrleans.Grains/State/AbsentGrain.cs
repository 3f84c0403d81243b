namespace DiaOrleans.Grains.State;

/// <summary>Ends activations of ids that nothing is stored under: clients may ask for any number of ids.</summary>
internal static class AbsentGrain
{
    /// <summary>
    /// How long such an activation stays. If each ended after its first call, Orleans would forward calls that arrive at the same time from
    /// one to the next, and refuse them after a few.
    /// </summary>
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(10);

    /// <summary>Deactivates the grain later if it is still absent then. For its activation.</summary>
    /// <param name="grain">The grain.</param>
    /// <param name="isAbsent">Whether nothing is stored under its id.</param>
    public static void DeactivateIfAbsent(this Grain grain, Func<bool> isAbsent)
    {
        if (!isAbsent()) return;
        grain.RegisterGrainTimer(
            () =>
            {
                if (isAbsent()) grain.DeactivateOnIdle();
                return Task.CompletedTask;
            },
            Stay,
            Timeout.InfiniteTimeSpan);
    }
}
