using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs.Queue;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Jobs.Queue;

public sealed class LeaseQueueTests
{
    private static readonly TimeSpan Now = TimeSpan.FromHours(5);
    private static readonly Guid[] Ids = [.. Enumerable.Range(1, 100).Select(i => new Guid(i, 0, 0, new byte[8]))];

    [Fact]
    public void Jobs_are_taken_in_the_order_of_submission_whatever_the_clock_says()
    {
        var queue = Fresh();
        queue.Enqueue(Ids[0], 100, Now).ShouldBe(100);
        queue.Enqueue(Ids[1], 90, Now).ShouldBe(101);
        queue.Enqueue(Ids[2], 200, Now).ShouldBe(200);
        queue.Enqueue(Ids[1], 300, Now).ShouldBe(101, "it is in the queue");
        foreach (var id in Ids[..3]) queue.Confirm(id).ShouldBeTrue();
        Take(queue, 4, Now).Select(lease => lease.Job).ShouldBe(Ids[..3]);
        queue.ListNewest(null).Select(job => job.Id).ShouldBe([Ids[2], Ids[1], Ids[0]]);
        queue.Remove(Ids[2]);
        queue.Enqueue(Ids[3], 150, Now).ShouldBe(201, "a job that has left was before it");
    }

    [Fact]
    public void A_job_that_is_not_confirmed_is_not_listed_and_is_taken_after_30_seconds()
    {
        var queue = Fresh();
        queue.Enqueue(Ids[0], 1, Now);
        queue.Counts.Total.ShouldBe(0);
        queue.ListNewest(null).ShouldBeEmpty();
        Take(queue, 1, Now + TimeSpan.FromSeconds(29)).ShouldBeEmpty();
        Take(queue, 1, Now + TimeSpan.FromSeconds(30)).ShouldBe([(Ids[0], 1)]);
        queue.Confirm(Ids[0]).ShouldBeFalse("it is taken");
        queue.Counts.Total.ShouldBe(1);
    }

    [Fact]
    public void A_released_job_is_first_again_with_a_larger_token()
    {
        var queue = Filled(2);
        Take(queue, 1, Now).ShouldBe([(Ids[0], 1)]);
        queue.Release(Ids[0], 1, TimeSpan.Zero, 0, Now).ShouldBeTrue();
        queue.Release(Ids[0], 1, TimeSpan.Zero, 0, Now).ShouldBeFalse();
        Take(queue, 1, Now).ShouldBe([(Ids[0], 2)]);
        queue.Release(Ids[0], 2, TimeSpan.Zero, 41, Now).ShouldBeTrue();
        Take(queue, 1, Now).ShouldBe([(Ids[0], 42)]);
    }

    [Fact]
    public void A_job_that_is_released_with_a_pause_rests_and_others_do_not()
    {
        var queue = Filled(2);
        Take(queue, 1, Now);
        queue.Release(Ids[0], 1, TimeSpan.FromSeconds(8), 0, Now);
        Take(queue, 1, Now).ShouldBe([(Ids[1], 1)]);
        Take(queue, 1, Now + TimeSpan.FromSeconds(7)).ShouldBeEmpty();
        Take(queue, 1, Now + TimeSpan.FromSeconds(8)).ShouldBe([(Ids[0], 2)]);
    }

    [Fact]
    public void A_lease_is_free_after_15_seconds_without_renewal_and_not_before()
    {
        var queue = Filled(1);
        Take(queue, 1, Now);
        Take(queue, 1, After(14)).ShouldBeEmpty();
        queue.Renew(Ids[0], 1, begun: true, After(14)).ShouldBeTrue();
        queue.Counts.ShouldBe(new JobCounts(0, 1, 0, 0, 0));
        Take(queue, 1, After(28)).ShouldBeEmpty();
        Take(queue, 1, After(29)).ShouldBe([(Ids[0], 2)]);
        queue.Renew(Ids[0], 1, begun: true, After(30)).ShouldBeFalse();
        queue.Complete(Ids[0], 1, After(30)).ShouldBeFalse();
    }

    [Fact]
    public void A_lease_of_a_silo_that_is_gone_is_free_at_once()
    {
        var queue = Filled(2);
        queue.Take("gone", 1, _ => true, Now);
        queue.Take("b", 1, owner => owner != "gone", Now).ShouldBe([(Ids[0], 2)]);
    }

    [Fact]
    public void A_queue_read_from_segments_gives_leases_of_living_silos_their_full_time_and_of_dead_silos_none()
    {
        var before = Filled(3);
        before.Take("lives", 1, _ => true, Now);
        before.Take("gone", 1, _ => true, Now);
        before.Renew(Ids[0], 1, begun: true, Now);
        var later = After(300);
        var after = Reread(before, later);
        after.Counts.ShouldBe(new JobCounts(2, 1, 0, 0, 0));
        after.ListNewest(SpeechStatus.Processing).Select(job => job.Id).ShouldBe([Ids[1], Ids[0]]);
        after.ListNewest(SpeechStatus.Pending).Select(job => job.Id).ShouldBe([Ids[2], Ids[1]]);
        after.ListOldest(SpeechStatus.Processing).Select(job => job.Id).ShouldBe([Ids[0], Ids[1]]);
        after.ListOldest(SpeechStatus.Pending).Select(job => job.Id).ShouldBe([Ids[1], Ids[2]]);
        after.ListOldest(SpeechStatus.Completed).ShouldBeEmpty();
        after.Take("c", 1, owner => owner != "gone", later).ShouldBe([(Ids[1], 2)]);
        after.Take("c", 1, owner => owner != "gone", later).ShouldBe([(Ids[2], 1)]);
        after.Take("c", 1, _ => true, later + TimeSpan.FromSeconds(14)).ShouldBeEmpty();
        after.Take("c", 1, _ => true, later + TimeSpan.FromSeconds(15)).Select(lease => lease.Job).ShouldContain(Ids[0]);
    }

    [Fact]
    public void A_lease_that_was_not_stored_is_given_again_by_the_next_instance_with_a_larger_token()
    {
        var first = new LeaseQueue([], 0, 1, Now);
        foreach (var id in Ids[..2])
        {
            first.Enqueue(id, 1, Now);
            first.Confirm(id);
        }

        var stored = Stored(first);
        var lost = Take(first, 1, Now).ShouldHaveSingleItem();
        for (var i = 0; i < 300; i++)
        {
            first.Release(lost.Job, lost.Token, TimeSpan.Zero, 0, Now);
            lost = Take(first, 1, Now).ShouldHaveSingleItem();
        }

        var second = new LeaseQueue(stored, 1, 2, Now);
        second.PerhapsEnded.Select(job => job.Id).ShouldBe(Ids[..2], "their leases and their ends may not be stored");
        var again = Take(second, 1, Now).ShouldHaveSingleItem();
        again.Job.ShouldBe(lost.Job);
        again.Token.ShouldBeGreaterThan(lost.Token);
        second.Complete(lost.Job, lost.Token, Now).ShouldBeFalse();
        second.Complete(again.Job, again.Token, Now).ShouldBeTrue();
        second.PerhapsEnded.Select(job => job.Id).ShouldBe([Ids[1]]);
        second.Enqueue(Ids[2], 9, Now);
        second.Confirm(Ids[2]);
        second.PerhapsEnded.Select(job => job.Id).ShouldBe([Ids[1]], "a new job was not leased yet");
        var third = Reread(second, Now, instance: 3);
        third.Renew(again.Job, again.Token, begun: true, Now).ShouldBeFalse();
    }

    [Fact]
    public void Only_a_first_lease_and_the_removal_of_an_ended_job_can_wait_to_be_stored()
    {
        var queue = Filled(3);
        queue.Segments.CanWait.ShouldBeFalse("a place is stored before its job is");
        Store(queue);
        Take(queue, 1, Now);
        queue.Segments.CanWait.ShouldBeTrue();
        queue.Complete(Ids[0], 1, Now);
        queue.Segments.CanWait.ShouldBeTrue();
        Take(queue, 1, Now);
        queue.Release(Ids[1], 1, TimeSpan.Zero, 0, Now);
        queue.Segments.CanWait.ShouldBeFalse();
        Store(queue);
        Take(queue, 1, Now).ShouldBe([(Ids[1], 2)]);
        queue.Segments.CanWait.ShouldBeFalse("the lease that is stored would come back");
        Store(queue);
        Take(queue, 1, Now);
        queue.Remove(Ids[2]);
        queue.Segments.CanWait.ShouldBeFalse();
        Store(queue);
        queue.Segments.HaveChanged.ShouldBeFalse();
        queue.Segments.CanWait.ShouldBeTrue();

        static void Store(LeaseQueue queue) => queue.Segments.TakeChanged().ShouldBe([1]);
    }

    [Fact]
    public void A_change_names_its_own_segment_only_and_a_segment_has_32_jobs_at_most()
    {
        var queue = Filled(100);
        queue.Segments.TakeChanged().ShouldBe([1, 2, 3, 4]);
        queue.Segments.Newest.ShouldBe(4);
        for (var number = 1; number <= 4; number++) queue.Segments.Entries(number).Count.ShouldBe(number < 4 ? 32 : 4);
        Take(queue, 1, Now);
        queue.Segments.TakeChanged().ShouldBe([1]);
        queue.Remove(Ids[40]).ShouldBeTrue();
        queue.Segments.TakeChanged().ShouldBe([2]);
        queue.Segments.Entries(2).Count.ShouldBe(31);
        queue.Renew(Ids[0], 1, begun: true, Now);
        queue.Segments.TakeChanged().ShouldBeEmpty();
    }

    [Fact]
    public void A_removed_job_is_gone_even_if_it_is_leased()
    {
        var queue = Filled(2);
        Take(queue, 1, Now);
        queue.Remove(Ids[0]).ShouldBeTrue();
        queue.Remove(Ids[1]).ShouldBeTrue();
        queue.Remove(Ids[1]).ShouldBeFalse();
        queue.Renew(Ids[0], 1, begun: false, Now).ShouldBeFalse();
        queue.Count.ShouldBe(0);
        queue.Counts.Total.ShouldBe(0);
        queue.Segments.Entries(1).ShouldBeEmpty();
    }

    [Fact]
    public void An_imported_job_keeps_its_order_and_gets_a_larger_token()
    {
        var queue = Fresh();
        queue.Import(new QueuedJob(Ids[1], 20, 7), Now).ShouldBeTrue();
        queue.Import(new QueuedJob(Ids[0], 10, 7), Now).ShouldBeTrue();
        queue.Import(new QueuedJob(Ids[2], 20, 7), Now).ShouldBeTrue("an equal number is made a larger one");
        queue.Import(new QueuedJob(Ids[0], 30, 7), Now).ShouldBeFalse();
        Take(queue, 3, Now).ShouldBe([(Ids[0], 8), (Ids[1], 8), (Ids[2], 8)]);
    }

    /// <summary>Each byte is a command on one of four jobs; the model is a dictionary of the current leases.</summary>
    [Property(MaxTest = 500)]
    public void A_job_never_has_two_current_leases_and_tokens_only_grow(byte[] commands)
    {
        var queue = Fresh();
        var current = new Dictionary<Guid, long>();
        var newest = new Dictionary<Guid, long>();
        var all = new List<(Guid Job, long Token)>();
        for (var i = 0; i < commands.Length; i++)
        {
            var which = Ids[commands[i] / 7 % 4];
            var now = After(i);
            var old = all.Count > 0 ? all[commands[i] % all.Count] : (Job: which, Token: 0);
            var isCurrent = current.TryGetValue(old.Job, out var token) && token == old.Token;
            switch (commands[i] % 7)
            {
                case 0:
                    queue.Enqueue(which, i, now);
                    queue.Confirm(which);
                    break;
                case 1:
                    foreach (var (job, given) in Take(queue, 2, now))
                    {
                        given.ShouldBeGreaterThan(newest.GetValueOrDefault(job));
                        newest[job] = current[job] = given;
                        all.Add((job, given));
                    }

                    break;
                case 2:
                    queue.Renew(old.Job, old.Token, begun: true, now).ShouldBe(isCurrent);
                    break;
                case 3:
                    queue.Release(old.Job, old.Token, TimeSpan.FromSeconds(commands[i] % 3), 0, now).ShouldBe(isCurrent);
                    if (isCurrent) current.Remove(old.Job);
                    break;
                case 4:
                    queue.Complete(old.Job, old.Token, now).ShouldBe(isCurrent);
                    if (isCurrent) Forget(old.Job);
                    break;
                case 5:
                    queue.Remove(which);
                    Forget(which);
                    break;
                default:
                    queue = Reread(queue, now);
                    break;
            }

            queue.Leased.ShouldBe(current.Count);
            var entries = Enumerable.Range(1, (int)queue.Segments.Newest).SelectMany(number => queue.Segments.Entries(number)).ToArray();
            entries.Select(entry => entry.Id).ShouldBeUnique();
            entries.Length.ShouldBe(queue.Count);
            queue.Counts.Total.ShouldBe(queue.Count);
            queue.Counts.Processing.ShouldBe(entries.Count(entry => entry.Begun));
        }

        void Forget(Guid job)
        {
            current.Remove(job);
            newest.Remove(job);
            all.RemoveAll(lease => lease.Job == job);
        }
    }

    private static TimeSpan After(int seconds) => Now + TimeSpan.FromSeconds(seconds);

    private static LeaseQueue Fresh() => new([], 0, 0, Now);

    private static LeaseQueue Filled(int jobs)
    {
        var queue = Fresh();
        for (var i = 0; i < jobs; i++)
        {
            queue.Enqueue(Ids[i], i + 1, Now);
            queue.Confirm(Ids[i]);
        }

        return queue;
    }

    private static LeaseQueue Reread(LeaseQueue queue, TimeSpan now, long instance = 0) =>
        new(Stored(queue), queue.Segments.Newest, instance, now);

    private static IReadOnlyList<(long Number, IReadOnlyList<QueueEntry> Entries)> Stored(LeaseQueue queue) =>
        [.. Enumerable.Range(1, (int)queue.Segments.Newest).Select(number => ((long)number, queue.Segments.Entries(number)))];

    private static IReadOnlyList<(Guid Job, long Token)> Take(LeaseQueue queue, int limit, TimeSpan now) =>
        queue.Take("a", limit, _ => true, now);
}
