using System.Globalization;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.State;
using Orleans.Runtime;
using Orleans.Storage;

namespace DiaOrleans.Grains.Jobs.Segments;

/// <summary>
/// What the runs of a job have made: finished segments, each in a row of its own, and the codes of the segment that is being spoken, in
/// memory until <see cref="KeepMade"/>. The rows are those of the segments 0 to n-1. Not thread-safe: for use in grain turns.
/// </summary>
/// <param name="storage">The grain storage <see cref="StateStorage.ProviderName"/>.</param>
/// <param name="job">Id of the job.</param>
/// <param name="mayHaveRows">Whether an earlier activation may have stored segments.</param>
internal sealed class JobSegments(IGrainStorage storage, Guid job, bool mayHaveRows)
{
    private const string Name = "job-segment";

    private readonly List<StoredRow<JobSegmentState>> _rows = [];
    private bool _allRead = !mayHaveRows;
    private int _running;
    private SegmentCodes? _made;

    /// <summary>Whether nothing was made, as far as is known without the store.</summary>
    public bool AreNone => _allRead && _rows.Count == 0 && _made is null;

    /// <summary>All codes of a finished segment, or those that are known of the one that is being spoken; else null.</summary>
    public async Task<SegmentCodes?> Find(int segment)
    {
        await ReadUpTo(segment);
        if (segment < _rows.Count)
        {
            await _rows[segment].Read();
            var codes = _rows[segment].State.ToCodes();
            _rows[segment].State.Set(null);
            if (codes is not null) return codes;
        }

        return segment == _running ? _made : null;
    }

    /// <summary>Whether a segment is stored, finished or not.</summary>
    public async Task<bool> Has(int segment)
    {
        await ReadUpTo(segment);
        return segment < _rows.Count;
    }

    /// <summary>Stores what is in memory of the segment that is being spoken.</summary>
    public async Task KeepMade()
    {
        if (_made is not { } made) return;
        // Its end may have been stored before the last report of its codes came.
        if (await Find(_running) is { IsWhole: true } whole && whole.Call == made.Call) return;
        await Keep(_running, made);
    }

    /// <summary>Stores a segment. False if one before it is not stored.</summary>
    public async Task<bool> Keep(int segment, SegmentCodes codes)
    {
        await ReadUpTo(segment);
        if (segment > _rows.Count) return false;
        var row = segment < _rows.Count ? _rows[segment] : Row(segment);
        // A cleared row has a version.
        if (!row.Exists) await row.Read();
        try
        {
            row.State.Set(codes);
            await row.Write();
            if (segment == _rows.Count) _rows.Add(row);
        }
        catch
        {
            Forget();
            throw;
        }
        finally
        {
            row.State.Set(null);
        }

        if (segment == _running) _made = null;
        return true;
    }

    /// <summary>Adds codes of the segment that is being spoken.</summary>
    /// <returns>Number of frames that are kept of the call.</returns>
    public int Append(NewCodes fresh)
    {
        var made = _made is { } known && _running == fresh.Segment && known.Call == fresh.Part.Call ? known : null;
        var frames = made?.Codes.Frames ?? 0;
        if (fresh.FirstFrame > frames) return frames;
        var rest = fresh.Part.Codes.From(Math.Min(frames - fresh.FirstFrame, fresh.Part.Codes.Frames));
        _running = fresh.Segment;
        _made = fresh.Part with { Codes = made is null ? rest : made.Codes.Join(rest) };
        return _made.Codes.Frames;
    }

    /// <summary>Removes everything.</summary>
    public async Task Clear()
    {
        _made = null;
        await ReadUpTo(int.MaxValue);
        // The last one first: if a removal fails, the rest are still those of the first segments.
        for (; _rows.Count > 0; _rows.RemoveAt(_rows.Count - 1))
        {
            try
            {
                await _rows[^1].Clear();
            }
            catch
            {
                Forget();
                throw;
            }
        }
    }

    private StoredRow<JobSegmentState> Row(int segment) =>
        new(storage, Name, GrainId.Create("dia.job-segment", string.Create(CultureInfo.InvariantCulture, $"{job:N}/{segment}")));

    /// <summary>Opens rows up to that of a segment, or up to the first that is missing.</summary>
    private async Task ReadUpTo(int segment)
    {
        while (!_allRead && _rows.Count <= segment)
        {
            var row = Row(_rows.Count);
            await row.Read();
            if (row.State.Call is null) _allRead = true;
            else _rows.Add(row);
            row.State.Set(null);
        }
    }

    /// <summary>After a failed write memory and store may differ: the rows are read again.</summary>
    private void Forget()
    {
        _rows.Clear();
        _allRead = false;
    }
}
