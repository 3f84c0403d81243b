using System.Runtime.CompilerServices;

namespace DiaOrleans.Inference.Streams;

/// <summary>
/// A sequence that grows until its end while readers follow it, each from a position of its choice. All items are kept. Thread-safe.
/// </summary>
public sealed class ReplayBuffer<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];
    private readonly AsyncSignal _changed = new();
    private Exception? _failure;
    private bool _ended;

    /// <summary>Appends an item. False if the sequence has ended: then the item is dropped.</summary>
    /// <param name="item">Must not be changed any more.</param>
    /// <param name="last">Ends the sequence behind the item.</param>
    public bool TryAppend(T item, bool last = false)
    {
        lock (_gate)
        {
            if (_ended) return false;
            _items.Add(item);
            _ended = last;
        }

        _changed.Raise();
        return true;
    }

    /// <summary>Ends the sequence. False if it has ended before.</summary>
    /// <param name="failure">Thrown to readers behind the last item; null ends their enumeration.</param>
    public bool TryEnd(Exception? failure = null)
    {
        lock (_gate)
        {
            if (_ended) return false;
            _ended = true;
            _failure = failure;
        }

        _changed.Raise();
        return true;
    }

    /// <summary>Items as they come, up to the end of the sequence.</summary>
    /// <param name="from">Position of the first item, from 0.</param>
    /// <param name="cancellationToken">Ends this enumeration with an <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<T> Read(long from = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        for (var next = from; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var change = _changed.Next;
            if (TryGet(next, out var item, out var ended))
            {
                next++;
                yield return item;
            }
            else if (ended)
            {
                yield break;
            }
            else
            {
                await change.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private bool TryGet(long index, out T item, out bool ended)
    {
        lock (_gate)
        {
            ended = _ended;
            var exists = index < _items.Count;
            item = exists ? _items[(int)index] : default!;
            if (!exists && _failure is not null) throw _failure;
            return exists;
        }
    }
}
