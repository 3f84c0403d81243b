using DiaOrleans.Grains.Retention;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Retention;

public sealed class CleanupGrainTests
{
    [Fact]
    public async Task Silos_that_start_set_one_reminder_an_hour_ahead_and_later_ones_leave_it()
    {
        await using var cluster = await Start(new Step());
        foreach (var silo in cluster.Silos)
        {
            using var hourly = ActivatorUtilities.CreateInstance<HourlyCleanup>(silo.ServiceProvider);
            await hourly.StartAsync(CancellationToken.None);
            await hourly.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(30));
        }

        var reminders = await Table(cluster).ReadRows(Grain(cluster).GetGrainId());
        var reminder = reminders.Reminders.ShouldHaveSingleItem();
        reminder.Period.ShouldBe(TimeSpan.FromHours(1));
        await cluster.Silos[1].ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<ICleanupGrain>(0).Schedule();
        var later = await Table(cluster).ReadRows(Grain(cluster).GetGrainId());
        later.Reminders.ShouldHaveSingleItem().ETag.ShouldBe(reminder.ETag);
    }

    [Fact]
    public async Task A_reminder_runs_the_steps_once_in_the_cluster_also_after_a_failure()
    {
        var step = new Step { Fails = true };
        await using var cluster = await Start(step);
        for (var hour = 1; hour <= 3; hour++)
        {
            await Grain(cluster).AsReference<IRemindable>().ReceiveReminder("hourly", default);
            step.Runs.ShouldBe(hour);
        }
    }

    [Fact]
    public async Task A_cleanup_that_is_asked_for_on_two_silos_runs_one_after_the_other_and_reports_failures()
    {
        var step = new Step { Pause = new TaskCompletionSource() };
        await using var cluster = await Start(step);
        Task[] runs = [.. cluster.Silos.Select(silo => Grain(silo.ServiceProvider).Run())];
        await GrainCluster.Until(() => Task.FromResult(step.Runs == 1));
        await Grain(cluster).Schedule().WaitAsync(TimeSpan.FromSeconds(30));
        step.Runs.ShouldBe(1);
        step.Pause.SetResult();
        await Task.WhenAll(runs);
        (step.Runs, step.MostAtOnce).ShouldBe((2, 1));
        step.Fails = true;
        (await Should.ThrowAsync<AggregateException>(Grain(cluster).Run())).InnerExceptions.ShouldHaveSingleItem();
    }

    private static async Task<GrainCluster> Start(Step step) => await GrainCluster.Start(
        reminders: true,
        silos: 2,
        loaded: false,
        configure: services => services.AddSingleton<Cleanup>().AddSingleton<ICleanupStep>(step));

    private static ICleanupGrain Grain(GrainCluster cluster) => cluster.Grains.GetGrain<ICleanupGrain>(0);

    private static ICleanupGrain Grain(IServiceProvider services) =>
        services.GetRequiredService<IGrainFactory>().GetGrain<ICleanupGrain>(0);

    private static IReminderTable Table(GrainCluster cluster) => cluster.Silos[0].ServiceProvider.GetRequiredService<IReminderTable>();

    private sealed class Step : ICleanupStep
    {
        private int _runs;
        private int _running;

        public int Runs => Volatile.Read(ref _runs);

        public int MostAtOnce { get; private set; }

        public bool Fails { get; set; }

        public TaskCompletionSource? Pause { get; init; }

        public async Task Run(DateTimeOffset now, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
            if (Pause is { } pause) await pause.Task;
            Interlocked.Decrement(ref _running);
            if (Fails) throw new IOException("The disk is gone.");
        }
    }
}
