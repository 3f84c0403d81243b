using DiaOrleans.Grains.Jobs.Segments;
using DiaOrleans.Grains.State;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.Jobs.Life;

/// <summary>
/// The record of a job as it was last stored. A new one is stored before it is shown, but for the token of a claim; calls that wait are
/// woken then. After a failed write the activation ends, and the next one reads the store.
/// </summary>
/// <param name="grain">The grain of the job.</param>
/// <param name="state">Its state.</param>
/// <param name="row">Its row.</param>
/// <param name="segments">What runs have kept.</param>
/// <param name="changes">Those that wait for a change.</param>
internal sealed class JobStore(
    IGrainBase grain,
    IPersistentState<JobState> state,
    JobStateRow row,
    JobSegments segments,
    JobChanges changes)
{
    /// <summary>The record, with the token that is held; null if there is no such job.</summary>
    public JobRecord? Record { get; private set; } = state.State.Record;

    /// <summary>What is known of a job without a record.</summary>
    public JobTrace Trace => state.State.Trace;

    /// <summary>Ends the activation some seconds later if its job has ended then, or is not known.</summary>
    public void LeaveIfEnded() => grain.EndSoonIf(() => Record?.Job.Status.IsFinal() != false);

    /// <summary>The next call gets an activation that has read the store, if the job was changed elsewhere.</summary>
    /// <param name="wasCurrent">See <see cref="JobStateRow.IsCurrent"/>.</param>
    /// <exception cref="OrleansException">The job was changed elsewhere.</exception>
    public async Task RequireCurrent(bool wasCurrent = false)
    {
        if (await row.IsCurrent(wasCurrent)) return;
        changes.End();
        grain.DeactivateOnIdle();
        throw new OrleansException($"{grain.GrainContext.GrainId} has changed in the store and is read again.");
    }

    /// <summary>Shows a record that is stored with the next change, and is lost with the activation before.</summary>
    public void Hold(JobRecord next) => Show(next);

    /// <summary>
    /// Stores a record. Before an end is stored, what runs have kept is removed, so that a job that has ended has no rows of segments.
    /// </summary>
    public async Task Store(JobRecord next)
    {
        if (next.Job.Status.IsFinal()) await segments.Clear();
        state.State.Record = next;
        await Change(state.WriteStateAsync);
        Show(next);
    }

    /// <summary>Removes the record, and leaves a trace of the job.</summary>
    public async Task Leave(JobTrace trace)
    {
        state.State.Record = null;
        state.State.Trace = trace;
        await Change(state.WriteStateAsync);
        if (Record is not null) Show(null);
    }

    private async Task Change(Func<Task> write)
    {
        try
        {
            await grain.ChangeOrDeactivate(write);
        }
        catch
        {
            changes.End();
            throw;
        }
    }

    private void Show(JobRecord? next)
    {
        Record = next;
        LeaveIfEnded();
        changes.Raise();
    }
}
