using DiaOrleans.Grains.Jobs.Queue;

namespace DiaOrleans.Grains.Tests.Jobs.Queue;

public sealed class RetryAfterEstimateTests
{
    private static readonly TimeSpan Now = TimeSpan.FromHours(5);

    [Fact]
    public void The_time_to_retry_follows_from_the_waiting_jobs_and_the_measured_speed()
    {
        var queue = NewQueue(101);
        RetryAfterEstimate.Compute(queue).ShouldBe(TimeSpan.FromSeconds(55), "5 s for a job are assumed at first");
        Complete(queue, TimeSpan.FromSeconds(3));
        queue.SecondsPerJob.ShouldBe(3);
        RetryAfterEstimate.Compute(queue).ShouldBe(TimeSpan.FromSeconds(30));
        Take(queue);
        Take(queue);
        RetryAfterEstimate.Compute(queue).ShouldBe(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void The_time_to_retry_is_at_least_1_second_and_at_most_10_minutes()
    {
        var queue = NewQueue(101);
        Complete(queue, TimeSpan.FromMilliseconds(1));
        RetryAfterEstimate.Compute(queue).ShouldBe(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 20; i++) Complete(queue, TimeSpan.FromHours(1));
        RetryAfterEstimate.Compute(queue).ShouldBe(TimeSpan.FromMinutes(10));
    }

    private static LeaseQueue NewQueue(int jobs)
    {
        var queue = new LeaseQueue([], 0, 0, Now);
        for (var i = 0; i < jobs; i++)
        {
            var id = Guid.NewGuid();
            queue.Enqueue(id, i, Now);
            queue.Confirm(id);
        }

        return queue;
    }

    private static (Guid Job, long Token) Take(LeaseQueue queue) => queue.Take("a", 1, _ => true, Now).Single();

    private static void Complete(LeaseQueue queue, TimeSpan after)
    {
        var (job, token) = Take(queue);
        queue.Complete(job, token, Now + after).ShouldBeTrue();
    }
}
