using System.Buffers;
using System.Runtime.InteropServices;
using DiaOrleans.Audio.Memory;

namespace DiaOrleans.Audio.Formats;

/// <summary>A growing sequence of bytes in pieces, which are never copied.</summary>
internal sealed class ByteChunks : IBufferWriter<byte>
{
    private readonly List<ReadOnlyMemory<byte>> _full = [];
    private byte[] _current = [];
    private int _used;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_current.Length - _used < Math.Max(sizeHint, 1))
        {
            Close();
            _current = AudioPieces.Rent(Math.Max(sizeHint, AudioPieces.FullBytes));
        }

        return _current.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _current.Length - _used);
        _used += count;
    }

    /// <summary>Returns all pieces in order and passes their ownership to the caller.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Take()
    {
        Close();
        return _full;
    }

    /// <summary>The bytes of the first piece, which may be changed in place.</summary>
    public Span<byte> First() => _full.Count == 0 ? _current.AsSpan(0, _used) : MemoryMarshal.AsMemory(_full[0]).Span;

    private void Close()
    {
        if (_used > 0) _full.Add(_current.AsMemory(0, _used));
        _current = [];
        _used = 0;
    }
}
