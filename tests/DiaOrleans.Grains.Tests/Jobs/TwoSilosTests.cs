using System.Collections.Concurrent;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace DiaOrleans.Grains.Tests.Jobs;

/// <summary>
/// The job store on two silos with shared storage and a clock that the test sets. Each test has a cluster of its own: while the membership
/// changes, Orleans may end any activation.
/// </summary>
public sealed class TwoSilosTests : IAsyncLifetime
{
    private const int Clients = 8;
    private const int JobsOfClient = 20;

    private static readonly JobStart Start = new("worker_1", "[S1] Hi. [S1]", false);

    private GrainCluster Cluster { get; set; } = null!;

    public async ValueTask InitializeAsync() =>
        Cluster = await GrainCluster.Start(silos: 2, loaded: false, configure: HeldMembership.Add);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    [Fact]
    public async Task Jobs_that_are_submitted_while_the_silo_of_the_queue_is_killed_are_accepted_once()
    {
        var queue = Queue(0);
        await queue.CheckCapacity();
        var killed = await SiloOf(queue);
        var service = Service(Cluster.Silos.First(silo => silo != killed));
        var accepted = new ConcurrentDictionary<string, Guid>();
        var some = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i < JobsOfClient; i++)
            {
                var key = $"{client}-{i}";
                accepted[key] = await SubmitUntilAccepted(service, key);
                if (accepted.Count > Clients * JobsOfClient / 4) some.TrySetResult();
            }
        })).ToArray();
        await some.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await Cluster.Cluster.KillSiloAsync(killed);
        await Task.WhenAll(clients).WaitAsync(TimeSpan.FromSeconds(60));
        await Cluster.Cluster.StartAdditionalSiloAsync();
        accepted.Values.ShouldBeUnique();
        var listed = await service.List(null, 500);
        listed.Jobs.Select(job => job.Id).ShouldBe(accepted.Values, ignoreOrder: true);
        listed.Total.ShouldBe(accepted.Count);
        var leases = await queue.Take(Taker(Cluster.Silos[0]), 1000);
        leases.Select(lease => lease.JobId).ShouldBe(listed.Jobs.Select(job => job.Id).Reverse());
        for (var client = 0; client < Clients; client++)
        {
            var own = Enumerable.Range(0, JobsOfClient).Select(i => accepted[$"{client}-{i}"]).ToArray();
            leases.Select(lease => lease.JobId).Where(own.Contains).ShouldBe(own, "in the order of their submission");
        }

        await Task.WhenAll(leases.Select(lease => RunToItsEnd(Cluster, lease)));
        (await service.Count()).ShouldBe(new JobCounts(0, 0, accepted.Count, 0, 0));
        Cluster.Time.Advance(TimeSpan.FromMinutes(1));
        (await queue.Take(Taker(Cluster.Silos[0]), 1000)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Leases_have_their_full_time_again_when_the_queue_has_moved_to_another_silo()
    {
        var queue = Queue(1);
        var jobs = await Enqueue(queue, 2);
        var lease = (await queue.Take(Taker(Cluster.Silos[0]), 1)).ShouldHaveSingleItem();
        lease.JobId.ShouldBe(jobs[0]);
        Cluster.Time.Advance(TimeSpan.FromSeconds(14));
        await Move(queue, (await SiloOf(queue)) == Cluster.Silos[0] ? Cluster.Silos[1] : Cluster.Silos[0]);
        Cluster.Time.Advance(TimeSpan.FromSeconds(14));
        (await queue.Take(Taker(Cluster.Silos[1]), 10)).ShouldHaveSingleItem().JobId.ShouldBe(jobs[1]);
        JobLease? again = null;
        for (var second = 1; again is null && second <= 30; second++)
        {
            Cluster.Time.Advance(TimeSpan.FromSeconds(1));
            again = (await queue.Take(Taker(Cluster.Silos[1]), 10)).FirstOrDefault(taken => taken.JobId == jobs[0]);
        }

        again.ShouldNotBeNull().Token.ShouldBeGreaterThan(lease.Token);
        (await queue.Renew([new HeldLease(lease, Begun: true)])).ShouldBe([lease]);
    }

    [Fact]
    public async Task A_silo_that_the_silo_of_the_queue_does_not_know_yet_keeps_its_lease_and_so_it_does_after_a_move()
    {
        var queue = Queue(2);
        var jobs = await Enqueue(queue, 2);
        await Move(queue, Cluster.Silos[0]);
        var old = Taker(Cluster.Silos[0]);
        foreach (var silo in Cluster.Silos) Membership(silo).Hold();
        var joined = await Cluster.Cluster.StartAdditionalSiloAsync();
        Taker(joined).MembershipVersion.ShouldBeGreaterThan(old.MembershipVersion);
        Taker(Cluster.Silos[0]).ShouldBe(old);
        var lease = (await queue.Take(Taker(joined), 1)).ShouldHaveSingleItem();
        (await queue.Take(old, 10)).Select(taken => taken.JobId).ShouldBe([jobs[1]]);
        Taker(Cluster.Silos[1]).MembershipVersion.ShouldBe(old.MembershipVersion, "it has not heard of the joined silo");
        await Move(queue, Cluster.Silos[1]);
        (await queue.Take(old, 10)).ShouldBeEmpty();
        (await queue.Renew([new HeldLease(lease, Begun: false)])).ShouldBeEmpty();
        await Cluster.Cluster.KillSiloAsync(joined);
        await GrainCluster.Until(async () => (await queue.Take(Taker(Cluster.Silos[1]), 10)).Any(taken => taken.JobId == jobs[0]));
    }

    private static IJobQueueGrain Queue(IGrainFactory grains, int shard) => grains.GetGrain<IJobQueueGrain>(JobShards.QueueKey(shard));

    private static HeldMembership Membership(InProcessSiloHandle silo) =>
        (HeldMembership)silo.ServiceProvider.GetRequiredService<IClusterMembershipService>();

    private static JobTaker Taker(InProcessSiloHandle silo) =>
        new(silo.SiloAddress.ToParsableString(), Membership(silo).CurrentSnapshot.Version.Value);

    private static async Task<Guid> SubmitUntilAccepted(JobService service, string key)
    {
        while (true)
        {
            try
            {
                var answer = await service.Submit(new SpeechRequest { Text = key, VoiceId = "v" }, key);
                answer.Outcome.ShouldBe(JobOutcome.Accepted);
                return answer.JobId;
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                // A client sends the request again with its key.
                await Task.Delay(20);
            }
        }
    }

    private static async Task RunToItsEnd(GrainCluster cluster, JobLease lease)
    {
        var job = cluster.Grains.GetGrain<IJobGrain>(lease.JobId);
        (await job.Claim(lease.Token)).Assignment.ShouldNotBeNull();
        (await job.Begin(lease.Token, Start)).ShouldBeTrue();
        (await job.Complete(lease.Token, new JobResult($"job_results/{lease.JobId:D}-{lease.Token}.wav", 1))).ShouldBeTrue();
        await cluster.Grains.GetGrain<IJobQueueGrain>(lease.Queue).Complete(lease);
    }

    private static async Task<Guid[]> Enqueue(IJobQueueGrain queue, int count)
    {
        Guid[] jobs = [.. Enumerable.Range(0, count).Select(_ => Guid.NewGuid())];
        foreach (var job in jobs)
        {
            await queue.Enqueue(job);
            await queue.Confirm(job);
        }

        return jobs;
    }

    private IJobQueueGrain Queue(int shard) => Queue(Cluster.Grains, shard);

    private JobService Service(InProcessSiloHandle silo) =>
        new(silo.ServiceProvider.GetRequiredService<IGrainFactory>(), Cluster.Blobs, new JobOptions(), TimeProvider.System);

    private async Task<InProcessSiloHandle> SiloOf(IJobQueueGrain queue)
    {
        var address = await Cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(queue);
        return Cluster.Silos.Single(silo => silo.SiloAddress.Equals(address));
    }

    private async Task Move(IJobQueueGrain queue, InProcessSiloHandle silo)
    {
        if (await SiloOf(queue) == silo) return;
        await Cluster.Cluster.MigrateAsync(queue, silo.SiloAddress);
        await queue.CheckCapacity();
        (await SiloOf(queue)).ShouldBe(silo);
    }
}
