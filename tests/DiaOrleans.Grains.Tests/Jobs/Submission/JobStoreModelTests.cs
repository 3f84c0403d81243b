using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Life;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Tests.Fakes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Jobs.Submission;

/// <summary>
/// Random commands on the real grains, with a clock that the test sets and writes that fail before or after they are made. A caller
/// repeats a failed call as the runner does. After each command: an accepted job is listed until it is removed, it has at most one end,
/// which never changes, jobs are taken in the order of their submission, no lease is given twice with the same token, and no job has two
/// leases. DIA_STORE_RUNS is the number of runs.
/// </summary>
public sealed class JobStoreModelTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Runs = 12;
    private const int CommandsOfRun = 40;
    private const int Faults = 7;
    private const int Keys = 3;

    private static readonly JobStart Start = new("worker_1", "[S1] Hi. [S1]", false);

    private readonly List<Guid> _accepted = [];
    private readonly Dictionary<Guid, SpeechStatus> _ends = [];
    private readonly Dictionary<Guid, long> _tokens = [];
    private readonly List<JobLease> _held = [];
    private readonly Dictionary<string, Guid> _keys = [];
    private readonly HashSet<Guid> _unsure = [];
    private readonly HashSet<Guid> _removed = [];
    private readonly HashSet<Guid> _leasedUnseen = [];
    private readonly SortedDictionary<string, int> _made = new(StringComparer.Ordinal);
    private int _run;
    private int _faults;
    private GrainCluster _cluster = null!;
    private JobService _service = null!;

    private IJobQueueGrain Queue => _cluster.Grains.GetGrain<IJobQueueGrain>("default/0");

    public async ValueTask InitializeAsync()
    {
        _cluster = await GrainCluster.Start(
            loaded: false,
            configure: services => services.AddSingleton(new JobOptions { MaxPendingJobs = 100 }));
        _service = new JobService(_cluster.Grains, _cluster.Blobs, new JobOptions(), new ClusterTime(_cluster.Time));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public void Nothing_accepted_is_lost_or_unlisted_or_ends_twice()
    {
        var runs = int.TryParse(Environment.GetEnvironmentVariable("DIA_STORE_RUNS"), out var number) ? number : Runs;
        // Without a shrinker, which would repeat a failed run for minutes.
        var commands = ArbMap.Default.GeneratorFor<byte>().ArrayOf(2 * CommandsOfRun).ToArbitrary();
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(runs), Prop.ForAll(commands, bytes => Run(bytes)));
        output.WriteLine($"{_run} runs, {_made.Values.Sum()} commands, {_faults} failed writes: "
            + string.Join(", ", _made.Select(command => $"{command.Key} {command.Value}")));
        string[] made = [.. _made.Keys];
        made.ShouldBe(Commands.Select(command => command.Name).Distinct(), ignoreOrder: true);
        _faults.ShouldBeGreaterThan(0);
    }

    private (string Name, Func<int, Task> Make)[] Commands =>
    [
        ("submit", _ => Submit(null)),
        ("submit", _ => Submit(null)),
        ("submit with a key", which => Submit($"{_run}-{which % Keys}")),
        ("take", _ => Take()),
        ("take", _ => Take()),
        ("claim", which => With(which, Claim)),
        ("end", which => With(which, lease => End(lease, which))),
        ("renew", _ => Renew()),
        ("release", which => With(which, lease => Release(lease, faulted: which % 2 == 0))),
        ("cancel", which => _accepted.Count > 0 ? Cancel(_accepted[which % _accepted.Count]) : Task.CompletedTask),
        ("delete", Delete),
        ("clear", _ => Clear()),
        ("expire", _ => Expire()),
        ("deactivate", _ => Deactivate()),
    ];

    /// <summary>Two bytes are a command: which one and the fault, and the job.</summary>
    private async Task Run(byte[] bytes)
    {
        await Reset();
        foreach (var pair in bytes.Chunk(2))
        {
            // As a clock does between two calls: a queue that is read again knows only the jobs that are still in it.
            _cluster.Time.Advance(TimeSpan.FromMilliseconds(1));
            var (name, make) = Commands[pair[0] % Commands.Length];
            var fault = pair[0] / Commands.Length % Faults;
            if (fault > 0) FailWrite(number: (fault - 1) / 2, after: fault % 2 == 0);
            await make(pair[1]);
            _cluster.Storage.Fault = null;
            _made[name] = _made.GetValueOrDefault(name) + 1;
            await Check();
        }
    }

    private Task With(int which, Func<JobLease, Task> make) =>
        _held.Count == 0 ? Task.CompletedTask : make(_held[which % _held.Count]);

    private Task Expire()
    {
        _cluster.Time.Advance(TimeSpan.FromSeconds(16));
        return Task.CompletedTask;
    }

    private Task Deactivate()
    {
        _cluster.Storage.Fault = null;
        return _cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
    }

    private async Task Submit(string? key)
    {
        try
        {
            var answer = await _service.Submit(new SpeechRequest { Text = "Hi.", VoiceId = "v" }, key);
            answer.Outcome.ShouldBe(JobOutcome.Accepted);
            if (key is not null && !_keys.TryAdd(key, answer.JobId)) _keys[key].ShouldBe(answer.JobId, "the job of a key is the first one");
            else _accepted.Add(answer.JobId);
        }
        catch (OrleansException)
        {
            // Not accepted: it may be a job or not.
        }
    }

    private async Task Take()
    {
        foreach (var lease in await Repeat(() => Queue.Take(Taker, 1), MayBeLeased))
        {
            var isFirstLease = _tokens.TryAdd(lease.JobId, lease.Token);
            if (!isFirstLease) lease.Token.ShouldBeGreaterThan(_tokens[lease.JobId], "a token is given once");
            _tokens[lease.JobId] = lease.Token;
            _held.Add(lease);
            if (!isFirstLease || !_accepted.Contains(lease.JobId)) continue;
            var before = _accepted.TakeWhile(id => id != lease.JobId);
            before.ShouldAllBe(id => IsLeasedOrEnded(id), "jobs are taken in the order of their submission");
        }
    }

    private bool IsLeasedOrEnded(Guid id) => _tokens.ContainsKey(id) || _ends.ContainsKey(id) || _leasedUnseen.Contains(id);

    /// <summary>A call that failed after its write has leased a job, the first that waits at the latest.</summary>
    private void MayBeLeased() => _leasedUnseen.UnionWith(_accepted.Where(id => !IsLeasedOrEnded(id)).Take(1));

    private async Task Claim(JobLease lease)
    {
        var job = Job(lease.JobId);
        var claim = await Repeat(() => job.Claim(lease.Token));
        if (claim.Assignment is not null)
        {
            await Repeat(() => job.Begin(lease.Token, Start));
            return;
        }

        if (claim.HasEnded)
        {
            (_ends.ContainsKey(lease.JobId) || !_accepted.Contains(lease.JobId)).ShouldBeTrue("an accepted job ends by a call of the test");
            await Repeat(async () =>
            {
                await Queue.Complete(lease);
                return true;
            });
        }

        _held.Remove(lease);
    }

    private async Task End(JobLease lease, int which)
    {
        var job = Job(lease.JobId);
        var fails = which % 2 == 0;
        var ended = fails
            ? await Repeat(() => job.Fail(lease.Token, "An error."))
            : await Repeat(() => job.Complete(lease.Token, new JobResult($"job_results/{lease.JobId:D}-{lease.Token}.wav", 1)));
        if (ended) Ended(lease.JobId, fails ? SpeechStatus.Failed : SpeechStatus.Completed);
        _held.Remove(lease);
        if (!ended || which % 3 == 0) return;
        try
        {
            await Queue.Complete(lease);
        }
        catch (OrleansException)
        {
            // The runner does not repeat this call: a later lease removes the job.
        }
    }

    private async Task Renew()
    {
        var lost = await Repeat(() => Queue.Renew([.. _held.Select(lease => new HeldLease(lease, Begun: true))]));
        _held.RemoveAll(lost.Contains);
        _held.Select(lease => lease.JobId).ShouldBeUnique("a job has one lease");
        _held.ShouldAllBe(lease => lease.Token == _tokens[lease.JobId], "it is the newest one");
    }

    private async Task Release(JobLease lease, bool faulted)
    {
        var fault = faulted ? new RunFault(TimeSpan.Zero, MadeProgress: false) : null;
        var released = await Repeat(() => Job(lease.JobId).Release(lease.Token, fault));
        _held.Remove(lease);
        try
        {
            if (!released.HasEnded) await Queue.Release(lease, released.Pause, newestToken: 0);
        }
        catch (OrleansException)
        {
            // The runner does not repeat this call: the lease expires.
        }
    }

    private async Task Cancel(Guid id)
    {
        try
        {
            if (await Job(id).Cancel() is { Cancelled: true }) Ended(id, SpeechStatus.Cancelled);
        }
        catch (OrleansException)
        {
            // The cancellation may be stored; the catalogue may learn of it when the job is leased again.
            var found = await _service.Find(id);
            if (found is null) (_removed.Contains(id) || _unsure.Contains(id)).ShouldBeTrue("a job that is kept is found");
            else if (found.Status == SpeechStatus.Cancelled && _ends.TryAdd(id, SpeechStatus.Cancelled)) _unsure.Add(id);
        }
    }

    /// <summary>A job that has not ended is not deleted; those that have are deleted by <see cref="Clear"/>.</summary>
    private async Task Delete(int which)
    {
        Guid[] unfinished = [.. _accepted.Where(id => !_ends.ContainsKey(id))];
        if (unfinished.Length == 0) return;
        var rows = _cluster.Silos[0].ServiceProvider.GetRequiredService<EndedJobRows>();
        await rows.Delete([unfinished[which % unfinished.Length]]);
    }

    private async Task Clear()
    {
        Guid[] ended = [.. _ends.Keys];
        try
        {
            await _service.Clear();
            foreach (var id in ended.Where(id => !_unsure.Contains(id))) _removed.Add(id);
        }
        catch (OrleansException)
        {
            // Some may be removed.
            _unsure.UnionWith(ended);
        }
    }

    private void Ended(Guid id, SpeechStatus status) => _ends.TryAdd(id, status).ShouldBeTrue("a job ends once");

    private async Task Check()
    {
        var listed = (await _service.List(null, 500)).Jobs;
        listed.Select(job => job.Id).ShouldBeUnique();
        var byId = listed.ToDictionary(job => job.Id);
        byId.Keys.ShouldAllBe(id => !_removed.Contains(id), "a removed job does not return");
        var kept = _accepted.Where(id => !_removed.Contains(id) && (!_unsure.Contains(id) || byId.ContainsKey(id))).ToArray();
        foreach (var id in kept)
        {
            byId.ShouldContainKey(id);
            if (_ends.TryGetValue(id, out var end)) byId[id].Status.ShouldBe(end);
            else byId[id].Status.IsFinal().ShouldBeFalse();
        }

        listed.Select(job => job.Id).Where(_accepted.Contains).ShouldBe(kept.Reverse());
    }

    private async Task Reset()
    {
        foreach (var job in (await _service.List(null, 500)).Jobs.Where(job => !job.Status.IsFinal())) await _service.Cancel(job.Id);
        await _service.Clear();
        _run++;
        _accepted.Clear();
        _ends.Clear();
        _tokens.Clear();
        _held.Clear();
        _keys.Clear();
        _unsure.Clear();
        _removed.Clear();
        _leasedUnseen.Clear();
        foreach (var lease in await Queue.Take(Taker, 1000))
        {
            (await Repeat(() => Job(lease.JobId).Claim(lease.Token))).HasEnded.ShouldBeTrue("only places without a job are left");
            await Queue.Complete(lease);
        }
    }

    private JobTaker Taker => new(_cluster.Silos[0].SiloAddress.ToParsableString(), 0);

    private IJobGrain Job(Guid id) => _cluster.Grains.GetGrain<IJobGrain>(id);

    private void FailWrite(int number, bool after) => _cluster.Storage.Fault = (_, isAfter) =>
    {
        if (isAfter != after || number-- != 0) return null;
        _faults++;
        return new IOException("The store does not answer.");
    };

    private static async Task<T> Repeat<T>(Func<Task<T>> call, Action? failed = null)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (OrleansException) when (attempt < 3)
            {
                failed?.Invoke();
            }
        }
    }

    /// <summary>The date of the cluster, whose keys expire by it, with timers that end by themselves.</summary>
    private sealed class ClusterTime(TimeProvider cluster) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => cluster.GetUtcNow();
    }
}
