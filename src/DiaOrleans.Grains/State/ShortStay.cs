namespace DiaOrleans.Grains.State;

/// <summary>
/// Ends activations that are of no further use, such as those of ids that nothing is stored under: clients may ask for any number of ids,
/// and an activation takes about 10 KB.
/// </summary>
internal static class ShortStay
{
    /// <summary>
    /// How long such an activation stays. If each ended after its first call, Orleans would forward calls that arrive at the same time from
    /// one to the next, and refuse them after a few.
    /// </summary>
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(3);

    /// <summary>If the activation is of no use now, deactivates it later if that is still so.</summary>
    /// <param name="grain">The grain.</param>
    /// <param name="isUseless">Whether the activation is of no use; asked in turns of the grain.</param>
    public static void EndSoonIf(this IGrainBase grain, Func<bool> isUseless)
    {
        if (!isUseless()) return;
        grain.RegisterGrainTimer(
            () =>
            {
                if (isUseless()) grain.DeactivateOnIdle();
                return Task.CompletedTask;
            },
            Stay,
            Timeout.InfiniteTimeSpan);
    }
}
