using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Jobs;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Jobs;

public sealed class LeaseQueueTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid[] Ids = [.. Enumerable.Range(1, 4).Select(i => new Guid(i, 0, 0, new byte[8]))];

    [Fact]
    public void Jobs_are_taken_in_the_order_of_their_sequence_numbers()
    {
        var queue = Fresh();
        queue.Enqueue([Job(2)]).ShouldBeTrue();
        queue.Enqueue([Job(0), Job(1), Job(2)]).ShouldBeTrue();
        queue.Enqueue([Job(1)]).ShouldBeFalse();
        Taken(queue, 4).ShouldBe([Ids[0], Ids[1], Ids[2], null]);
    }

    [Fact]
    public void A_released_job_is_first_again_with_a_larger_token()
    {
        var queue = Fresh(0, 1);
        var first = queue.Take("a", Alive, Now)!;
        queue.Release(first).ShouldBeTrue();
        queue.Release(first).ShouldBeFalse();
        var again = queue.Take("b", Alive, Now)!;
        again.JobId.ShouldBe(first.JobId);
        again.Token.ShouldBeGreaterThan(first.Token);
    }

    [Fact]
    public void A_lease_is_free_after_15_seconds_without_renewal_and_not_before()
    {
        var queue = Fresh(0);
        var lease = queue.Take("a", Alive, Now)!;
        queue.Take("b", Alive, Now.AddSeconds(14)).ShouldBeNull();
        queue.Renew(lease, Now.AddSeconds(14)).ShouldBeTrue();
        queue.Take("b", Alive, Now.AddSeconds(28)).ShouldBeNull();
        queue.Take("b", Alive, Now.AddSeconds(29))!.JobId.ShouldBe(Ids[0]);
        queue.Renew(lease, Now.AddSeconds(30)).ShouldBeFalse();
        queue.Complete(lease, Now.AddSeconds(30)).ShouldBeFalse();
    }

    [Fact]
    public void A_lease_of_a_silo_that_is_gone_is_free_at_once()
    {
        var queue = Fresh(0, 1);
        queue.Take("gone", Alive, Now);
        queue.Take("b", owner => owner != "gone", Now)!.JobId.ShouldBe(Ids[0]);
    }

    [Fact]
    public void A_queue_read_from_state_gives_leases_of_living_silos_their_full_time_and_of_dead_silos_none()
    {
        var before = Fresh(0, 1);
        before.Take("lives", Alive, Now);
        before.Take("gone", Alive, Now);
        var later = Now.AddMinutes(5);
        var after = new LeaseQueue(before.State, later);
        after.Take("c", owner => owner != "gone", later)!.JobId.ShouldBe(Ids[1]);
        after.Take("c", owner => owner != "gone", later.AddSeconds(14)).ShouldBeNull();
        after.Take("c", owner => owner != "gone", later.AddSeconds(15))!.JobId.ShouldBe(Ids[0]);
    }

    [Fact]
    public void A_removed_job_is_gone_even_if_it_is_leased()
    {
        var queue = Fresh(0, 1);
        var lease = queue.Take("a", Alive, Now)!;
        queue.Remove(Ids[0]).ShouldBeTrue();
        queue.Remove(Ids[1]).ShouldBeTrue();
        queue.Remove(Ids[1]).ShouldBeFalse();
        queue.Renew(lease, Now).ShouldBeFalse();
        queue.Count.ShouldBe(0);
    }

    /// <summary>Each byte is a command on one of four jobs; the model is a dictionary of the current leases.</summary>
    [Property(MaxTest = 500)]
    public void A_job_never_has_two_current_leases_and_tokens_only_grow(byte[] commands)
    {
        var queue = Fresh();
        var current = new Dictionary<Guid, JobLease>();
        var all = new List<JobLease>();
        for (var i = 0; i < commands.Length; i++)
        {
            var kind = commands[i] % 5;
            var which = commands[i] / 5 % 4;
            var now = Now.AddSeconds(i);
            var old = all.Count > 0 ? all[commands[i] % all.Count] : new JobLease(Ids[which], 0);
            var isCurrent = current.GetValueOrDefault(old.JobId) == old;
            if (kind == 0) queue.Enqueue([Job(which)]);
            else if (kind == 1 && queue.Take($"owner {i}", Alive, now) is { } lease)
            {
                lease.Token.ShouldBeGreaterThan(all.Count > 0 ? all[^1].Token : 0);
                current[lease.JobId] = lease;
                all.Add(lease);
            }
            else if (kind == 2) queue.Renew(old, now).ShouldBe(isCurrent);
            else if (kind == 3)
            {
                queue.Release(old).ShouldBe(isCurrent);
                if (isCurrent) current.Remove(old.JobId);
            }
            else if (kind == 4)
            {
                queue.Complete(old, now).ShouldBe(isCurrent);
                if (isCurrent) current.Remove(old.JobId);
            }

            queue.Leased.ShouldBe(current.Count);
            queue.State.Entries.Select(entry => entry.Sequence).ShouldBeInOrder();
            queue.State.Entries.Select(entry => entry.Id).ShouldBeUnique();
        }
    }

    private static bool Alive(string owner) => true;

    private static QueuedJob Job(int index) => new(Ids[index], index + 1);

    private static LeaseQueue Fresh(params int[] jobs)
    {
        var queue = new LeaseQueue(new JobQueueState(), Now);
        queue.Enqueue(jobs.Select(Job));
        return queue;
    }

    private static Guid?[] Taken(LeaseQueue queue, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => queue.Take("a", Alive, Now)?.JobId)];
}
