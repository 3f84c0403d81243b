using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Jobs.Life;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;
using JobKeysLog = DiaOrleans.Grains.State.EntryLog<
    DiaOrleans.Grains.Jobs.Keys.JobKeysHead,
    DiaOrleans.Grains.Jobs.Keys.JobKeysPage,
    DiaOrleans.Abstractions.Jobs.KeyedJob>;

namespace DiaOrleans.Grains.Jobs.Keys;

/// <summary>
/// Keeps the keys of a shard in a stored list, in the order of their submissions, and in memory. Calls interleave; keys that are reserved
/// at the same time are one write. Keys leave the list at its start when another one is reserved: those that have expired, and of more than
/// the limit of kept jobs those whose job is removed.
/// </summary>
[GrainType("dia.job-keys"), Reentrant]
internal sealed class JobKeysGrain(
    [FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage,
    EndedJobRows rows,
    JobOptions options,
    TimeProvider time) : Grain, IJobKeysGrain
{
    private const string StateName = "job-keys";

    /// <summary>Keys that are removed with a new one, at most.</summary>
    private const int TrimSize = 8;

    /// <summary>Longer than a submission lasts: until then a job that is not stored may still be.</summary>
    private static readonly TimeSpan SubmissionTime = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, (KeyedJob Job, Task Stored)> _keys = [];
    private JobKeysLog _log = null!;
    private RowsGuard _guard = null!;
    private bool _trimming;

    /// <summary>The part of this shard of all keys that are kept within their hour.</summary>
    private int Most => (options.MaxKeptJobs - 1) / JobShards.Keys + 1;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _guard = new RowsGuard(this, "The list of idempotency keys");
        _log = new JobKeysLog(storage, StateName, FormattableString.Invariant($"{this.GetPrimaryKeyLong()}"));
        await _log.Open(_guard);
        for (var i = 0; i < _log.Count; i++) _keys[_log[i].KeyHash] = (_log[i], Task.CompletedTask);
    }

    public async Task<KeyedJob?> Find(string keyHash)
    {
        _guard.ThrowIfFailed();
        if (!_keys.TryGetValue(keyHash, out var known) || IsExpired(known.Job)) return null;
        await known.Stored;
        return known.Job;
    }

    public async Task<KeyedJob> Reserve(KeyedJob job, Guid? instead = null)
    {
        if (await Find(job.KeyHash) is { } known && known.Job != instead) return known;
        // Another call may have reserved the key while this one waited.
        if (_keys.TryGetValue(job.KeyHash, out var raced) && !IsExpired(raced.Job) && raced.Job.Job != instead)
        {
            await raced.Stored;
            return raced.Job;
        }

        _guard.ThrowIfReadOnly();
        var stored = _guard.Run(() => _log.Append(job));
        _keys[job.KeyHash] = (job, stored);
        await stored;
        // The task of a write has more bytes than a key.
        if (_keys.TryGetValue(job.KeyHash, out var kept) && kept.Stored == stored) _keys[job.KeyHash] = (job, Task.CompletedTask);
        await RemoveOldest();
        return job;
    }

    private bool IsExpired(KeyedJob job) => JobRetention.IsExpired(job.At, time.GetUtcNow());

    private async Task RemoveOldest()
    {
        if (_trimming) return;
        _trimming = true;
        try
        {
            var count = 0;
            while (count < Math.Min(TrimSize, _log.Count) && await TryForget(_log[count], isOneOf: _log.Count - count)) count++;
            await _guard.Run(() => _log.Trim(count));
        }
        catch (Exception e) when (!_guard.HasFailed && e.IsSiloFault())
        {
            // The row of a job could not be read: its key is removed with a later one.
        }
        finally
        {
            _trimming = false;
        }
    }

    /// <summary>Removes a key that has expired, or of too many one whose job is gone: what is left of the job is its trace.</summary>
    private async Task<bool> TryForget(KeyedJob job, int isOneOf)
    {
        var isExpired = IsExpired(job);
        if (!isExpired && (isOneOf <= Most || job.At + SubmissionTime > time.GetUtcNow())) return false;
        if (!await rows.ForgetKey(job.Job) && !isExpired) return false;
        if (_keys.TryGetValue(job.KeyHash, out var known) && known.Job == job) _keys.Remove(job.KeyHash);
        return true;
    }
}
