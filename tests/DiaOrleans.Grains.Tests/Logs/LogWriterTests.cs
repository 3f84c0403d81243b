using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Logs;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Logs;

public sealed class LogWriterTests
{
    [Fact]
    public async Task Entries_are_in_the_log_when_their_tasks_have_ended_in_the_order_in_which_they_came()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var writer = cluster.Silos[0].ServiceProvider.GetRequiredService<LogWriter>();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => writer.Add(Entry(i)))).WaitAsync(TimeSpan.FromSeconds(20));
        var page = await cluster.Grains.GetGrain<IGenerationLogGrain>(0).List(100, null);
        page.Entries.Select(entry => entry.Id).ShouldBe(Enumerable.Range(0, 20).Reverse().Select(i => $"{i}"));
    }

    [Fact]
    public async Task An_entry_whose_log_does_not_answer_is_written_when_it_does()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var reads = 0;
        cluster.Storage.ReadFault = name => name.StartsWith("generation-log", StringComparison.Ordinal) && reads++ < 2
            ? new IOException("The store does not answer.")
            : null;
        var written = cluster.Silos[0].ServiceProvider.GetRequiredService<LogWriter>().Add(Entry(1));
        await GrainCluster.Until(() =>
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(written.IsCompleted);
        });
        reads.ShouldBeGreaterThan(1);
        (await cluster.Grains.GetGrain<IGenerationLogGrain>(0).List(100, null)).Total.ShouldBe(1);
    }

    [Fact]
    public async Task What_waits_is_written_before_the_silo_stops()
    {
        var storage = new SharedStorage();
        await using (var cluster = await GrainCluster.Start(storage, loaded: false))
        {
            var writer = cluster.Silos[0].ServiceProvider.GetRequiredService<LogWriter>();
            for (var i = 0; i < 50; i++) _ = writer.Add(Entry(i));
        }

        await using var next = await GrainCluster.Start(storage, loaded: false);
        (await next.Grains.GetGrain<IGenerationLogGrain>(0).List(100, null)).Total.ShouldBe(50);
    }

    private static GenerationEntry Entry(int number) => new()
    {
        Id = $"{number}", Timestamp = DateTimeOffset.UnixEpoch, Text = "Hi.", ProcessedText = "[S1] Hi. [S1]", Voice = "v",
    };
}
