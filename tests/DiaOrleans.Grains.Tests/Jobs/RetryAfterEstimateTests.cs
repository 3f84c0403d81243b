using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Jobs;

namespace DiaOrleans.Grains.Tests.Jobs;

public sealed class RetryAfterEstimateTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void The_time_to_retry_follows_from_the_waiting_jobs_and_the_measured_speed()
    {
        var queue = NewQueue(101);
        RetryAfterEstimate.Compute(queue).ShouldBe(TimeSpan.FromSeconds(55), "5 s for a job are assumed at first");
        queue.Complete(Take(queue), Now.AddSeconds(3));
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
        queue.Complete(Take(queue), Now.AddMilliseconds(1));
        RetryAfterEstimate.Compute(queue).ShouldBe(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 20; i++) queue.Complete(Take(queue), Now.AddHours(1));
        RetryAfterEstimate.Compute(queue).ShouldBe(TimeSpan.FromMinutes(10));
    }

    private static LeaseQueue NewQueue(int jobs)
    {
        var queue = new LeaseQueue(new JobQueueState(), Now);
        queue.Enqueue(Enumerable.Range(1, jobs).Select(i => new QueuedJob(Guid.NewGuid(), i)));
        return queue;
    }

    private static JobLease Take(LeaseQueue queue) => queue.Take("a", _ => true, Now)!;
}
