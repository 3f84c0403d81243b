using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Tests.Fakes;
using FsCheck.Xunit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Jobs.Submission;

/// <summary>
/// Random commands on the real grains, with a clock that the test sets and writes that fail before or after they are made. A caller
/// repeats a failed call as the runner does. After each command: an accepted job is listed, it has at most one end, which never changes,
/// jobs are taken in the order of their submission, and no lease is given twice with the same token.
/// </summary>
public sealed class JobStoreModelTests : IAsyncLifetime
{
    private static readonly JobStart Start = new("worker_1", "[S1] Hi. [S1]", false);

    private readonly List<Guid> _accepted = [];
    private readonly Dictionary<Guid, SpeechStatus> _ends = [];
    private readonly Dictionary<Guid, long> _tokens = [];
    private readonly List<JobLease> _held = [];
    private readonly HashSet<Guid> _begun = [];
    private GrainCluster _cluster = null!;
    private JobService _service = null!;

    private IJobQueueGrain Queue => _cluster.Grains.GetGrain<IJobQueueGrain>("default/0");

    public async ValueTask InitializeAsync()
    {
        _cluster = await GrainCluster.Start(
            loaded: false,
            configure: services => services.AddSingleton(new JobOptions { MaxPendingJobs = 100 }));
        _service = new JobService(_cluster.Grains, _cluster.Blobs, new JobOptions(), TimeProvider.System);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Property(MaxTest = 20, EndSize = 60)]
    public async Task Nothing_accepted_is_lost_or_unlisted_or_ends_twice(byte[] commands)
    {
        await Reset();
        foreach (var command in commands)
        {
            // As a clock does between two calls: a queue that is read again knows only the jobs that are still in it.
            _cluster.Time.Advance(TimeSpan.FromMilliseconds(1));
            var fault = command / 8 % 8;
            if (fault is > 0 and < 6) FailWrite(number: fault / 2, after: fault % 2 == 0);
            await Run(command % 8, command / 8);
            _cluster.Storage.Fault = null;
            await Check();
        }
    }

    private async Task Run(int kind, int which)
    {
        switch (kind)
        {
            case 0 or 1:
                await Submit();
                break;
            case 2:
                await Take();
                break;
            case 3 when Pick(_held, which) is { } lease:
                await Claim(lease);
                break;
            case 4 when Pick(_held, which) is { } lease:
                await End(lease, which);
                break;
            case 5 when _accepted.Count > 0:
                await Cancel(_accepted[which % _accepted.Count]);
                break;
            case 6:
                _cluster.Time.Advance(TimeSpan.FromSeconds(16));
                break;
            case 7:
                _cluster.Storage.Fault = null;
                await _cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
                break;
        }
    }

    private async Task Submit()
    {
        try
        {
            var answer = await _service.Submit(new SpeechRequest { Text = "Hi.", VoiceId = "v" });
            answer.Outcome.ShouldBe(JobOutcome.Accepted);
            _accepted.Add(answer.JobId);
        }
        catch (OrleansException)
        {
            // Not accepted: it may be a job or not.
        }
    }

    private async Task Take()
    {
        foreach (var lease in await Repeat(() => Queue.Take(Taker, 1)))
        {
            var isFirstLease = _tokens.TryAdd(lease.JobId, lease.Token);
            if (!isFirstLease) lease.Token.ShouldBeGreaterThan(_tokens[lease.JobId], "a token is given once");
            _tokens[lease.JobId] = lease.Token;
            _held.Add(lease);
            if (!isFirstLease || !_accepted.Contains(lease.JobId)) continue;
            var before = _accepted.TakeWhile(id => id != lease.JobId);
            before.ShouldAllBe(id => _tokens.ContainsKey(id) || _ends.ContainsKey(id), "jobs are taken in the order of their submission");
        }
    }

    private async Task Claim(JobLease lease)
    {
        var job = Job(lease.JobId);
        var claim = await Repeat(() => job.Claim(lease.Token));
        if (claim.Assignment is not null)
        {
            if (await Repeat(() => job.Begin(lease.Token, Start))) _begun.Add(lease.JobId);
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

    private async Task Cancel(Guid id)
    {
        try
        {
            if ((await Job(id).Cancel())!.Cancelled) Ended(id, SpeechStatus.Cancelled);
        }
        catch (OrleansException)
        {
            // The cancellation may be stored.
            if ((await _service.Find(id))!.Status == SpeechStatus.Cancelled) _ends.TryAdd(id, SpeechStatus.Cancelled);
        }
    }

    private void Ended(Guid id, SpeechStatus status) => _ends.TryAdd(id, status).ShouldBeTrue("a job ends once");

    private async Task Check()
    {
        var listed = await _service.List(null, 500);
        listed.Jobs.Select(job => job.Id).ShouldBeUnique();
        var byId = listed.Jobs.ToDictionary(job => job.Id);
        foreach (var id in _accepted) byId.ShouldContainKey(id);
        foreach (var (id, status) in _ends) byId[id].Status.ShouldBe(status);
        foreach (var id in _accepted.Where(id => !_ends.ContainsKey(id))) byId[id].Status.IsFinal().ShouldBeFalse();
        listed.Jobs.Select(job => job.Id).Where(_accepted.Contains).ShouldBe(Enumerable.Reverse(_accepted));
    }

    private async Task Reset()
    {
        foreach (var job in (await _service.List(null, 500)).Jobs.Where(job => !job.Status.IsFinal())) await _service.Cancel(job.Id);
        await _service.Clear();
        _accepted.Clear();
        _ends.Clear();
        _tokens.Clear();
        _held.Clear();
        _begun.Clear();
        foreach (var lease in await Queue.Take(Taker, 1000))
        {
            (await Job(lease.JobId).Claim(lease.Token)).HasEnded.ShouldBeTrue("only places without a job are left");
            await Queue.Complete(lease);
        }
    }

    private JobTaker Taker => new(_cluster.Silos[0].SiloAddress.ToParsableString(), 0);

    private IJobGrain Job(Guid id) => _cluster.Grains.GetGrain<IJobGrain>(id);

    private void FailWrite(int number, bool after) => _cluster.Storage.Fault = (_, isAfter) =>
        isAfter == after && number-- == 0 ? new IOException("The store does not answer.") : null;

    private static JobLease? Pick(List<JobLease> leases, int which) => leases.Count == 0 ? null : leases[which % leases.Count];

    private static async Task<T> Repeat<T>(Func<Task<T>> call)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (OrleansException) when (attempt < 3)
            {
                await Task.Yield();
            }
        }
    }
}
