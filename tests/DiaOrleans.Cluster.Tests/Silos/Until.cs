using System.Diagnostics;

namespace DiaOrleans.Cluster.Tests.Silos;

/// <summary>Waits for what comes with time.</summary>
internal static class Until
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Tries again until an attempt neither throws nor fails an assertion; after two minutes its exception is thrown.</summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> Succeeds(Func<Task> attempt)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await attempt();
                return clock.Elapsed;
            }
            catch (Exception) when (clock.Elapsed < Longest)
            {
                await Task.Delay(Pause);
            }
        }
    }
}
