using System.Buffers;

namespace DiaOrleans.Audio.Memory;

/// <summary>A growing sequence of items in one array of the shared pool, which has it back at the end. Not thread-safe.</summary>
public sealed class PooledWriter<T> : IBufferWriter<T>, IDisposable where T : unmanaged
{
    private const int LeastItems = 4096;

    private T[] _items = [];
    private int _count;

    /// <summary>The items, which may be changed in place, until the next write.</summary>
    public Span<T> Written => _items.AsSpan(0, _count);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _items.Length - _count);
        _count += count;
    }

    /// <inheritdoc/>
    public Memory<T> GetMemory(int sizeHint = 0)
    {
        if (_items.Length - _count < Math.Max(sizeHint, 1)) Grow(Math.Max(_count + sizeHint, 2 * _items.Length));
        return _items.AsMemory(_count);
    }

    /// <inheritdoc/>
    public Span<T> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Removes the first items.</summary>
    public void Remove(int count)
    {
        Written[count..].CopyTo(_items);
        _count -= count;
    }

    /// <summary>Removes all items.</summary>
    public void Clear() => _count = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_items.Length > 0) ArrayPool<T>.Shared.Return(_items);
        _items = [];
        _count = 0;
    }

    private void Grow(int length)
    {
        var grown = ArrayPool<T>.Shared.Rent(Math.Max(length, LeastItems));
        Written.CopyTo(grown);
        if (_items.Length > 0) ArrayPool<T>.Shared.Return(_items);
        _items = grown;
    }
}
