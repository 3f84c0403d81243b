using System.Runtime.CompilerServices;

namespace DiaOrleans.Inference.Serving;

/// <summary>Samples that are read while they are made: appended by one thread, read by any number of readers, each from the first sample on. Thread-safe.</summary>
internal sealed class SampleBuffer
{
    private readonly Lock _lock = new();
    private readonly List<float[]> _chunks = [];
    private TaskCompletionSource _changed = NewSignal();
    private long _length;
    private bool _ended;

    /// <summary>Samples so far.</summary>
    public long Length => Interlocked.Read(ref _length);

    /// <summary>Adds samples, which are not to be changed any more. After the end they are dropped.</summary>
    public void Append(float[] samples) => Change(() =>
    {
        if (_ended || samples.Length == 0) return;
        _chunks.Add(samples);
        Interlocked.Add(ref _length, samples.Length);
    });

    /// <summary>No more will come: readers end after the last sample.</summary>
    public void End() => Change(() => _ended = true);

    /// <summary>All samples so far.</summary>
    public float[] ToArray()
    {
        lock (_lock)
        {
            var all = new float[_length];
            var at = 0;
            foreach (var chunk in _chunks)
            {
                chunk.CopyTo(all, at);
                at += chunk.Length;
            }

            return all;
        }
    }

    /// <summary>The chunks as they were appended, from the first on.</summary>
    public async IAsyncEnumerable<float[]> Read([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var next = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Look(next, out var ended, out var change) is { } chunk)
            {
                next++;
                yield return chunk;
            }
            else if (ended) yield break;
            else await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private float[]? Look(int index, out bool ended, out Task change)
    {
        lock (_lock)
        {
            (ended, change) = (_ended, _changed.Task);
            return index < _chunks.Count ? _chunks[index] : null;
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
