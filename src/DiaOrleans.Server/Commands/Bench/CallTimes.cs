using System.Diagnostics;
using DiaOrleans.Server.Commands.Bench.Load;

namespace DiaOrleans.Server.Commands.Bench;

/// <summary>Times of repeated calls, in milliseconds.</summary>
internal static class CallTimes
{
    private const int Calls = 20;

    /// <summary>The time of one call.</summary>
    public static async Task<double> Of(Func<Task> call)
    {
        var start = Stopwatch.GetTimestamp();
        await call();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>The median of 20 calls, one after another.</summary>
    public static async Task<double> Median(Func<Task> call)
    {
        var times = new List<double>();
        for (var i = 0; i < Calls; i++) times.Add(await Of(call));
        return Percentiles.Of(times)!.P50;
    }

    /// <summary>The times of calls that are made one after another until a task ends.</summary>
    public static async Task<IReadOnlyList<double>> Beside(Task task, Func<Task> call)
    {
        var times = new List<double>();
        while (!task.IsCompleted) times.Add(await Of(call));
        return times;
    }
}
