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
    public async Task An_output_and_its_entry_are_removed_together()
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

        await new GenerationCleanup(cluster.Grains, blobs).Run(now, CancellationToken.None);
        (await log.List(500, null)).Entries.Select(entry => entry.Id).ShouldBe(["young.wav"]);
        (await blobs.List("audio_outputs")).Select(blob => blob.Key).ShouldBe(["audio_outputs/young.wav"]);

        await cluster.Grains.GetGrain<IConfigurationGrain>(0).Replace(new ServerConfiguration { OutputRetentionHours = long.MinValue });
        await new GenerationCleanup(cluster.Grains, blobs).Run(now, CancellationToken.None);
        (await blobs.List("audio_outputs")).ShouldBeEmpty();
        Directory.Delete(folder, recursive: true);

        GenerationEntry Entry(string name, double age) => new()
        {
            Id = name,
            Timestamp = now.AddHours(-age),
            Text = "t",
            ProcessedText = "t",
            Voice = "v",
            FilePath = $"audio_outputs/{name}",
        };

        async Task Save(string name, double entryAge, double fileAge)
        {
            await blobs.Write($"audio_outputs/{name}", new byte[1]);
            File.SetLastWriteTimeUtc(Path.Combine(folder, "audio_outputs", name), now.UtcDateTime.AddHours(-fileAge));
            await log.Append(Entry(name, entryAge));
        }
    }

    [Fact]
    public async Task All_steps_run_after_a_failure_and_the_failure_is_thrown()
    {
        var first = new Step(fails: true);
        var last = new Step(fails: false);
        var cleanup = new Cleanup([first, last], new FakeTimeProvider(), NullLogger<Cleanup>.Instance);
        var failure = await Should.ThrowAsync<AggregateException>(cleanup.Run(CancellationToken.None));
        failure.InnerExceptions.ShouldHaveSingleItem().ShouldBeOfType<IOException>();
        last.Runs.ShouldBe(1);
    }

    private sealed class Step(bool fails) : ICleanupStep
    {
        private int _runs;

        public int Runs => Volatile.Read(ref _runs);

        public Task Run(DateTimeOffset now, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            return fails ? Task.FromException(new IOException("The disk is gone.")) : Task.CompletedTask;
        }
    }
}
