using Orleans.Concurrency;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Retention;

/// <summary>The cleanup of the cluster. One grain, key 0; each hour a reminder runs it.</summary>
[Alias("dia.cleanup")]
internal interface ICleanupGrain : IGrainWithIntegerKey
{
    /// <summary>Sets the reminder, unless it is set: the first cleanup is an hour later.</summary>
    [Alias("schedule"), AlwaysInterleave]
    Task Schedule();

    /// <summary>Runs every step now, after a cleanup that runs.</summary>
    /// <exception cref="AggregateException">Steps have failed.</exception>
    [Alias("run"), ResponseTimeout("01:00:00")]
    Task Run();
}

/// <inheritdoc cref="ICleanupGrain"/>
[GrainType("dia.cleanup")]
internal sealed class CleanupGrain(Cleanup cleanup) : Grain, ICleanupGrain, IRemindable
{
    private const string ReminderName = "hourly";

    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    public async Task Schedule()
    {
        if (await this.GetReminder(ReminderName) is null) await this.RegisterOrUpdateReminder(ReminderName, Period, Period);
    }

    public Task Run() => cleanup.Run(CancellationToken.None);

    /// <summary>The cleanup logs the failures of its steps.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status) =>
        await Run().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
