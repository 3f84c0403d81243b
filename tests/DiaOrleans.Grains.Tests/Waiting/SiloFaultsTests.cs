using DiaOrleans.Grains.Waiting;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Waiting;

public sealed class SiloFaultsTests
{
    [Fact]
    public void A_silo_that_does_not_answer_or_refuses_the_call_is_a_silo_fault()
    {
        new TimeoutException().IsSiloFault().ShouldBeTrue();
        new SiloUnavailableException().IsSiloFault().ShouldBeTrue();
        new OperationCanceledException("The place of the grain was not found in time.").IsSiloFault().ShouldBeTrue();
    }

    [Fact]
    public void An_error_of_the_called_grain_or_a_cancellation_by_a_token_is_none()
    {
        using var stop = new CancellationTokenSource();
        new IOException().IsSiloFault().ShouldBeFalse();
        new ArgumentException().IsSiloFault().ShouldBeFalse();
        new OperationCanceledException(stop.Token).IsSiloFault().ShouldBeFalse();
        new TaskCanceledException().IsSiloFault().ShouldBeFalse();
    }
}
