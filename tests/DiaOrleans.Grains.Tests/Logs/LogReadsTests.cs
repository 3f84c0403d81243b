using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Logs;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Grains.Tests.Logs;

public sealed class LogReadsTests
{
    [Fact]
    public async Task A_log_whose_grain_does_not_answer_is_read_from_its_rows()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var options = new GenerationLogOptions();
        var log = cluster.Grains.GetGrain<IGenerationLogGrain>(0);
        var silent = new StoredReads(
            cluster.Storage,
            new SingleReads(cluster.Storage),
            TimeProvider.System,
            NullLogger<StoredReads>.Instance);
        var reads = new LogReads(cluster.Grains, silent, cluster.Storage, options);
        (await reads.List(10, null)).Total.ShouldBe(0);
        await silent.Read(log, () => Task.FromException<bool>(new TimeoutException()), () => Task.FromResult(true));
        (await reads.List(10, null)).Total.ShouldBe(0, "nothing is stored");

        for (var number = 0; number < (2 * options.PageSize) + 3; number++) await log.Append(Entry(number));
        await log.Remove("1");
        foreach (var voice in (string?[])[null, "odd", "nobody"])
        {
            var page = await reads.List(7, voice);
            var asked = await log.List(7, voice);
            page.Entries.ShouldBe(asked.Entries);
            page.Total.ShouldBe(asked.Total);
        }

        (await reads.Find("2")).ShouldBe(Entry(2));
        (await reads.Find("1")).ShouldBeNull();
        await log.Clear();
        (await reads.List(10, null)).Total.ShouldBe(0);
    }

    private static GenerationEntry Entry(int number) => new()
    {
        Id = $"{number}",
        Timestamp = DateTimeOffset.UnixEpoch.AddHours(number),
        Text = $"text {number}",
        ProcessedText = $"[S1] text {number} [S1]",
        Voice = number % 2 == 0 ? "even" : "odd",
    };
}
