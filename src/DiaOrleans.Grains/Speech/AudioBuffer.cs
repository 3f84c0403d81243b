using System.Runtime.CompilerServices;

namespace DiaOrleans.Grains.Speech;

/// <summary>Encoded audio that one side appends to while others read it, each from its first byte. Thread-safe.</summary>
internal sealed class AudioBuffer
{
    private readonly Lock _gate = new();
    private readonly List<ReadOnlyMemory<byte>> _chunks = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;
    private bool _ended;
    private long _bytes;

    /// <summary>Bytes so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public void Append(ReadOnlyMemory<byte> chunk)
    {
        if (chunk.IsEmpty) return;
        lock (_gate)
        {
            if (_ended) return;
            _chunks.Add(chunk);
            Interlocked.Add(ref _bytes, chunk.Length);
            Signal();
        }
    }

    /// <summary>Nothing more comes; with <paramref name="failure"/>, readers that have read all throw it.</summary>
    public void End(Exception? failure = null)
    {
        lock (_gate)
        {
            if (_ended) return;
            (_ended, _failure) = (true, failure);
            Signal();
        }
    }

    /// <summary>Everything from the first byte on, in chunks of at most <paramref name="chunkBytes"/>.</summary>
    public async IAsyncEnumerable<byte[]> Read(int chunkBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryGet(next, out var chunk, out var changed))
            {
                await changed.WaitAsync(cancellationToken);
                continue;
            }

            if (chunk.IsEmpty) yield break;
            next++;
            for (var start = 0; start < chunk.Length; start += chunkBytes) yield return chunk[start..Math.Min(start + chunkBytes, chunk.Length)].ToArray();
        }
    }

    /// <summary>False where the reader must wait for <paramref name="changed"/>; an empty chunk is the end.</summary>
    private bool TryGet(int index, out ReadOnlyMemory<byte> chunk, out Task changed)
    {
        lock (_gate)
        {
            (chunk, changed) = (index < _chunks.Count ? _chunks[index] : default, _changed.Task);
            if (!chunk.IsEmpty) return true;
            if (_ended && _failure is not null) throw _failure;
            return _ended;
        }
    }

    private void Signal()
    {
        var waiting = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.SetResult();
    }
}
