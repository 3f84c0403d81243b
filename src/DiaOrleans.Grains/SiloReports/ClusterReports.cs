using System.Collections.Concurrent;
using DiaOrleans.Grains.Waiting;
using Orleans.Runtime;

namespace DiaOrleans.Grains.SiloReports;

/// <summary>
/// The reports of all active silos, a second old at most, that of this silo new. A silo that does not answer delays nobody: what it said
/// last is shown, and it is asked by one call at a time. Thread-safe.
/// </summary>
public sealed class ClusterReports
{
    /// <summary>How long a reader waits for silos that are asked, unless it says otherwise.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SiloAddress, Asked> _silos = new();
    private readonly IClusterMembershipService _membership;
    private readonly SiloAddress _own;
    private readonly ISiloReporter _reporter;
    private readonly SiloReportClient _client;
    private readonly TimeProvider _time;

    /// <param name="membership">The members.</param>
    /// <param name="silo">This silo, which reports directly.</param>
    /// <param name="reporter">Reports this silo.</param>
    /// <param name="services">The services of the silo.</param>
    /// <param name="time">Clock of ages and limits.</param>
    public ClusterReports(
        IClusterMembershipService membership,
        ILocalSiloDetails silo,
        ISiloReporter reporter,
        IServiceProvider services,
        TimeProvider time)
    {
        _membership = membership;
        _own = silo.SiloAddress;
        _reporter = reporter;
        _client = new SiloReportClient(services);
        _time = time;
    }

    /// <summary>
    /// The reports, by the names of the silos. A silo that has never answered has an empty one that is not fresh.
    /// </summary>
    /// <param name="limit">How long to wait for silos that are asked; null is <see cref="Limit"/>.</param>
    public async Task<IReadOnlyList<SiloReport>> Read(TimeSpan? limit = null)
    {
        var members = _membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).ToArray();
        foreach (var gone in _silos.Keys.Except(members.Select(member => member.SiloAddress))) _silos.TryRemove(gone, out _);
        Asked[] asked = [.. members.Select(member => _silos.GetOrAdd(member.SiloAddress, _ => new Asked(member.Name)))];
        var asking = members.Zip(asked, (member, silo) => silo.Ask(() => Ask(member.SiloAddress), AgeOf(member.SiloAddress), _time));
        await Task.WhenAll(asking).WaitUpTo(limit ?? Limit, _time);
        return [.. asked.Select(silo => silo.Last(MaxAge, _time)).OrderBy(report => report.Silo, StringComparer.Ordinal)];
    }

    /// <summary>This silo knows what it does now.</summary>
    private TimeSpan AgeOf(SiloAddress silo) => silo == _own ? TimeSpan.Zero : MaxAge;

    private Task<SiloReport> Ask(SiloAddress silo) =>
        silo == _own ? _reporter.Report().AsTask() : _client.Of(silo).Report();

    /// <summary>What a silo has said.</summary>
    private sealed class Asked(string name)
    {
        private readonly Lock _gate = new();
        private SiloReport _last = new() { Silo = name };
        private long? _answeredAt;
        private long? _askedAt;
        private Task _asking = Task.CompletedTask;

        /// <summary>Asks, unless a call is under way or the last answer is young. The result never fails.</summary>
        public Task Ask(Func<Task<SiloReport>> ask, TimeSpan maxAge, TimeProvider time)
        {
            lock (_gate)
            {
                if (!_asking.IsCompleted || (_askedAt is { } at && time.GetElapsedTime(at) < maxAge)) return _asking;
                _askedAt = time.GetTimestamp();
                return _asking = Keep(ask, time);
            }
        }

        /// <summary>The last report, fresh if it is the answer to the last question or young.</summary>
        public SiloReport Last(TimeSpan maxAge, TimeProvider time)
        {
            lock (_gate)
            {
                var isFresh = _answeredAt is { } at && (_asking.IsCompleted ? at >= _askedAt : time.GetElapsedTime(at) < maxAge);
                return _last with { IsFresh = isFresh };
            }
        }

        private async Task Keep(Func<Task<SiloReport>> ask, TimeProvider time)
        {
            try
            {
                var report = await ask();
                lock (_gate)
                {
                    _last = report;
                    _answeredAt = time.GetTimestamp();
                }
            }
            catch (Exception e) when (e.IsSiloFault())
            {
                // It starts, stops or does not answer.
            }
        }
    }
}
