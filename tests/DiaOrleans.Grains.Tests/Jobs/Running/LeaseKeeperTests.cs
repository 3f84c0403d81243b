using System.Reflection;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Jobs.Running;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Jobs.Running;

public sealed class LeaseKeeperTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Queues _queues;
    private readonly LeaseKeeper _keeper;

    public LeaseKeeperTests()
    {
        var factory = DispatchProxy.Create<IGrainFactory, Queues>();
        _queues = (Queues)(object)factory;
        _keeper = new LeaseKeeper(factory, _time);
    }

    [Fact]
    public async Task All_leases_of_a_queue_are_renewed_with_one_call()
    {
        using var run = new CancellationTokenSource();
        JobLease[] leases = [Lease("default/0"), Lease("default/0"), Lease("default/1")];
        foreach (var lease in leases) _keeper.Hold(lease, run);
        _keeper.Begun(leases[1]);
        await _keeper.RenewAll();
        _queues.Calls.Select(call => call.Queue).Order().ShouldBe(["default/0", "default/1"]);
        _queues.Calls.SelectMany(call => call.Leases).ShouldBe(
            [new HeldLease(leases[0], false), new HeldLease(leases[1], true), new HeldLease(leases[2], false)],
            ignoreOrder: true);
        _keeper.Drop(leases[2]);
        await _keeper.RenewAll();
        _queues.Calls.Count.ShouldBe(3);
        run.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task A_run_whose_lease_is_lost_is_stopped_and_the_others_go_on()
    {
        using var lost = new CancellationTokenSource();
        using var kept = new CancellationTokenSource();
        var lease = Lease("default/0");
        _keeper.Hold(lease, lost);
        _keeper.Hold(Lease("default/0"), kept);
        _queues.Lost = [lease];
        await _keeper.RenewAll();
        lost.IsCancellationRequested.ShouldBeTrue();
        kept.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task A_run_whose_queue_is_out_of_reach_is_stopped_once_its_lease_must_have_run_out()
    {
        using var run = new CancellationTokenSource();
        _keeper.Hold(Lease("default/0"), run);
        await _keeper.RenewAll();
        _queues.Fault = new OrleansException("out of reach");
        _time.Advance(TimeSpan.FromSeconds(14));
        await _keeper.RenewAll();
        run.IsCancellationRequested.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        await _keeper.RenewAll();
        run.IsCancellationRequested.ShouldBeTrue();
    }

    private static JobLease Lease(string queue) => new(Guid.NewGuid(), 1, queue);

    private class Queues : DispatchProxy
    {
        public List<(string Queue, IReadOnlyList<HeldLease> Leases)> Calls { get; } = [];

        public IReadOnlyList<JobLease> Lost { get; set; } = [];

        public Exception? Fault { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var queue = (Queue)DispatchProxy.Create(targetMethod!.ReturnType, typeof(Queue));
            queue.Key = (string)args![0]!;
            queue.All = this;
            return queue;
        }
    }

    private class Queue : DispatchProxy
    {
        public string Key { get; set; } = "";

        public object All { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var all = (Queues)All;
            all.Calls.Add((Key, (IReadOnlyList<HeldLease>)args![0]!));
            return all.Fault is { } fault ? Task.FromException<IReadOnlyList<JobLease>>(fault) : Task.FromResult(all.Lost);
        }
    }
}
