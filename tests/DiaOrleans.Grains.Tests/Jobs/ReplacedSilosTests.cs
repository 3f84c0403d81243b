using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Jobs;

/// <summary>
/// A silo that was thought dead and lives, as one that was frozen: its activations have been replaced by those of another cluster on the
/// same storage.
/// </summary>
public sealed class ReplacedSilosTests : IAsyncLifetime
{
    private const string Key = "key";

    private static readonly SpeechRequest Request = new() { Text = "Hi.", VoiceId = "v" };

    private GrainCluster _old = null!;

    public async ValueTask InitializeAsync() => _old = await GrainCluster.Start(loaded: false);

    public ValueTask DisposeAsync() => _old.DisposeAsync();

    [Fact]
    public async Task Whatever_the_old_silo_still_writes_changes_nothing()
    {
        var keyed = (await Service(_old).Submit(Request, Key)).JobId;
        var ended = (await Service(_old).Submit(Request)).JobId;
        await Service(_old).Cancel(ended);
        var claimed = (await Service(_old).Submit(Request)).JobId;
        await using var next = await GrainCluster.Start(_old.Storage, loaded: false, blobs: _old.Blobs);
        await Service(next).List(null, 50);
        (await Service(next).Submit(Request, Key)).JobId.ShouldBe(keyed);
        await next.Grains.GetGrain<IJobGrain>(claimed).Claim(7);
        await next.Grains.GetGrain<IJobGrain>(claimed).Begin(7, new JobStart("worker_1", "[S1] Hi. [S1]", false));

        var stored = _old.Storage.Copy();
        var late = Guid.NewGuid();
        var now = _old.Time.GetUtcNow();
        await Refused(grains => grains.GetGrain<IJobQueueGrain>("default/0").Enqueue(late));
        await Refused(grains => grains.JobCatalog(ended).Add(new EndedJob(SameShard(ended), 1, SpeechStatus.Completed, now)));
        var hash = RequestHash.Compute(Key);
        await Refused(grains => grains.JobKeys(hash).Reserve(new KeyedJob(hash, null, late, now), instead: keyed));
        await Refused(grains => grains.GetGrain<IJobGrain>(claimed).Cancel());
        _old.Storage.Copy().ShouldBe(stored, ignoreOrder: true);
        (await Service(next).List(null, 50)).Jobs.Select(job => (job.Id, job.Status)).ShouldBe(
            [(claimed, SpeechStatus.Processing), (ended, SpeechStatus.Cancelled), (keyed, SpeechStatus.Pending)]);
    }

    [Fact]
    public async Task After_a_change_of_the_membership_nothing_is_shown_in_an_old_state()
    {
        var id = (await Service(_old).Submit(Request)).JobId;
        (await Service(_old).Count()).Pending.ShouldBe(1);
        await using (var next = await GrainCluster.Start(_old.Storage, loaded: false, blobs: _old.Blobs))
        {
            await next.Grains.GetGrain<IJobGrain>(id).Claim(1);
            (await next.Grains.GetGrain<IJobGrain>(id).Fail(1, "An error.")).ShouldBeTrue();
            await next.Grains.GetGrain<IJobQueueGrain>("default/0").Remove(id);
        }

        (await Service(_old).Find(id))!.Status.ShouldBe(SpeechStatus.Pending, "the old activation has not read the store again");
        var membership = _old.Silos[0].ServiceProvider.GetRequiredService<IClusterMembershipService>();
        var known = membership.CurrentSnapshot.Version;
        await _old.Cluster.StartAdditionalSiloAsync();
        await GrainCluster.Until(() => Task.FromResult(membership.CurrentSnapshot.Version > known));
        (await Service(_old).Find(id))!.Status.ShouldBe(SpeechStatus.Failed);
        (await Service(_old).Count()).ShouldBe(new JobCounts(0, 0, 0, 1, 0));
        (await Service(_old).List(SpeechStatus.Failed, 50)).Jobs.ShouldHaveSingleItem().Id.ShouldBe(id);
        (await Service(_old).List(SpeechStatus.Pending, 50)).Jobs.ShouldBeEmpty();
    }

    private static JobService Service(GrainCluster cluster) => new(cluster.Grains, cluster.Blobs, new JobOptions(), TimeProvider.System);

    private static Guid SameShard(Guid other)
    {
        while (true)
        {
            var id = Guid.NewGuid();
            if (JobShards.CatalogShard(id) == JobShards.CatalogShard(other)) return id;
        }
    }

    private Task Refused(Func<IGrainFactory, Task> write) => Should.ThrowAsync<OrleansException>(write(_old.Grains));
}
