using DiaOrleans.Grains.State;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.Jobs.Life;

/// <summary>
/// Reads a job's row again beside the state of its activation, which may not be the newest: after a change of the membership another
/// activation may have replaced it; what says that there is no such job may be wrong; and the row of an ended job may have been removed.
/// </summary>
/// <param name="state">The state of the activation.</param>
/// <param name="storage">The grain storage <see cref="StateStorage.ProviderName"/>.</param>
/// <param name="membership">The membership of the cluster.</param>
/// <param name="id">The grain.</param>
internal sealed class JobStateRow(
    IPersistentState<JobState> state,
    IGrainStorage storage,
    IClusterMembershipService membership,
    GrainId id)
{
    /// <summary>Name of the state.</summary>
    public const string Name = "job";

    private MembershipVersion _readAt = membership.CurrentSnapshot.Version;
    private bool _isFresh = true;

    /// <summary>
    /// False if the row was changed elsewhere. Reads the store only if the state is empty or its job has ended, or the membership has
    /// changed since the last read. A state that the activation has just read is not read again.
    /// </summary>
    /// <param name="wasCurrent">
    /// Whether that was asked in the same call before: then only a change of the membership leads to another read. What has changed since
    /// in another way has changed during the call, which may show either state.
    /// </param>
    public async Task<bool> IsCurrent(bool wasCurrent = false)
    {
        var version = membership.CurrentSnapshot.Version;
        var isFresh = _isFresh || wasCurrent;
        _isFresh = false;
        if (version == _readAt && (isFresh || state.State.Record?.Job.Status.IsFinal() == false)) return true;
        var before = state.Etag;
        var stored = new GrainState<JobState>(new JobState());
        await storage.ReadStateAsync(Name, id, stored);
        // A write of this activation that ended meanwhile was based on the newest version.
        if (stored.ETag != before && state.Etag == before) return false;
        _readAt = version;
        return true;
    }
}
