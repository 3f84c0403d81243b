using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Retention;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Retention;

public sealed class CleanupTests
{
    [Fact]
    public async Task Outputs_and_entries_that_are_too_old_go_together()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        var folder = Directory.CreateTempSubdirectory("dia-cleanup-test-").FullName;
        var blobs = new FolderBlobStore(folder);
        var log = cluster.Grains.GetGrain<IGenerationLogGrain>(0);
        var now = DateTimeOffset.UtcNow;
        await Save("old-entry.wav", entryAge: 25, fileAge: 1);
        await Save("old-file.wav", entryAge: 1, fileAge: 25);
        await Save("young.wav", entryAge: 23, fileAge: 23);
        await blobs.Write("audio_outputs/orphan.wav", new byte[1]);
        File.SetLastWriteTimeUtc(Path.Combine(folder, "audio_outputs/orphan.wav"), now.UtcDateTime.AddHours(-25));
        await log.Append(Entry("no file", 25) with { FilePath = null });

        await new OldGenerations(cluster.Grains, blobs).Sweep(now, CancellationToken.None);
        (await log.List(500, null)).Entries.Select(entry => entry.Id).ShouldBe(["young.wav"]);
        (await blobs.List("audio_outputs")).Select(blob => blob.Key).ShouldBe(["audio_outputs/young.wav"]);

        await cluster.Grains.GetGrain<IConfigurationGrain>(0).Replace(new ServerConfiguration { OutputRetentionHours = long.MinValue });
        await new OldGenerations(cluster.Grains, blobs).Sweep(now, CancellationToken.None);
        (await blobs.List("audio_outputs")).ShouldBeEmpty();
        Directory.Delete(folder, recursive: true);

        GenerationEntry Entry(string name, double age) =>
            new() { Id = name, Timestamp = now.AddHours(-age), Text = "t", ProcessedText = "t", Voice = "v", FilePath = $"audio_outputs/{name}" };

        async Task Save(string name, double entryAge, double fileAge)
        {
            await blobs.Write($"audio_outputs/{name}", new byte[1]);
            File.SetLastWriteTimeUtc(Path.Combine(folder, "audio_outputs", name), now.UtcDateTime.AddHours(-fileAge));
            await log.Append(Entry(name, entryAge));
        }
    }

    [Fact]
    public async Task A_step_that_fails_stops_no_other_and_is_told()
    {
        var (first, last) = (new Step(fails: true), new Step(fails: false));
        var cleanup = new Cleanup([first, last], new FakeTimeProvider(), NullLogger<Cleanup>.Instance);
        (await Should.ThrowAsync<AggregateException>(cleanup.Run(CancellationToken.None))).InnerExceptions.ShouldHaveSingleItem().ShouldBeOfType<IOException>();
        last.Sweeps.ShouldBe(1);
    }

    [Fact]
    public async Task It_runs_each_hour_and_goes_on_after_a_failure()
    {
        var time = new FakeTimeProvider();
        var step = new Step(fails: true);
        using var hourly = new HourlyCleanup(new Cleanup([step], time, NullLogger<Cleanup>.Instance), time);
        await hourly.StartAsync(CancellationToken.None);
        for (var hour = 1; hour <= 3; hour++)
        {
            time.Advance(TimeSpan.FromMinutes(59));
            step.Sweeps.ShouldBe(hour - 1);
            time.Advance(TimeSpan.FromMinutes(1));
            await GrainCluster.Until(() => Task.FromResult(step.Sweeps == hour));
        }

        await hourly.StopAsync(CancellationToken.None);
    }

    private sealed class Step(bool fails) : ICleanupStep
    {
        private int _sweeps;

        public int Sweeps => Volatile.Read(ref _sweeps);

        public Task Sweep(DateTimeOffset now, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _sweeps);
            return fails ? Task.FromException(new IOException("The disk is gone.")) : Task.CompletedTask;
        }
    }
}
