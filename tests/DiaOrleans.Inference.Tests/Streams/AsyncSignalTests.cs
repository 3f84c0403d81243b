using DiaOrleans.Inference.Streams;

namespace DiaOrleans.Inference.Tests.Streams;

public sealed class AsyncSignalTests
{
    [Fact]
    public void Raise_ends_the_tasks_taken_before_and_not_those_taken_after()
    {
        var signal = new AsyncSignal();
        var first = signal.Next;
        var same = signal.Next;
        first.IsCompleted.ShouldBeFalse();
        signal.Raise();
        (first.IsCompleted, same.IsCompleted, signal.Next.IsCompleted).ShouldBe((true, true, false));
    }

    [Fact]
    public async Task Raise_does_not_run_continuations_on_its_thread()
    {
        var signal = new AsyncSignal();
        var raising = Environment.CurrentManagedThreadId;
        var isInline = false;
        var raised = false;
        var waiting = signal.Next.ContinueWith(
            _ => isInline = Environment.CurrentManagedThreadId == raising && !Volatile.Read(ref raised),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        signal.Raise();
        Volatile.Write(ref raised, true);
        await waiting;
        isInline.ShouldBeFalse();
    }
}
