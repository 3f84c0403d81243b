using DiaOrleans.Grains.Jobs.Running;
using DiaOrleans.Grains.Waiting;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Jobs.Running;

public sealed class FaultPausesTests
{
    [Fact]
    public void Pauses_grow_up_to_the_longest_and_begin_again_after_a_success()
    {
        var pauses = new FaultPauses();
        int[] seconds = [.. Enumerable.Range(0, 7).Select(_ => (int)pauses.After(new IOException()).TotalSeconds)];
        seconds.ShouldBe([1, 2, 4, 8, 16, (int)Backoff.Longest.TotalSeconds, (int)Backoff.Longest.TotalSeconds]);
        pauses.Failures.ShouldBe(7);
        pauses.Reset();
        pauses.IsFailing.ShouldBeFalse();
        pauses.After(new IOException()).ShouldBe(Backoff.Shortest);
    }

    [Fact]
    public void A_silo_that_does_not_answer_is_asked_again_within_two_seconds()
    {
        var pauses = new FaultPauses();
        for (var i = 0; i < 10; i++) pauses.After(new SiloUnavailableException()).ShouldBeLessThanOrEqualTo(FaultPauses.LongestForSilo);
        pauses.After(new IOException()).ShouldBe(Backoff.Longest);
    }
}
