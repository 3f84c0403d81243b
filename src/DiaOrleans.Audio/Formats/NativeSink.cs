using System.Buffers;
using System.Runtime.InteropServices;

namespace DiaOrleans.Audio.Formats;

/// <summary>Where a library's callbacks put bytes. The library holds it by <see cref="Pointer"/>, so it lives until it is disposed.</summary>
internal sealed class NativeSink : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private GCHandle _self;

    public NativeSink() => _self = GCHandle.Alloc(this);

    public nint Pointer => GCHandle.ToIntPtr(_self);

    public long Position
    {
        get => _bytes.Position;
        set => _bytes.Position = value;
    }

    public static NativeSink From(nint pointer) => (NativeSink)GCHandle.FromIntPtr(pointer).Target!;

    /// <summary>Takes bytes; false instead of an exception, which could not pass through a library.</summary>
    public bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _bytes.Write(bytes);
            return true;
        }
        catch (Exception problem) when (problem is OutOfMemoryException or IOException)
        {
            return false;
        }
    }

    /// <summary>Hands over all that came.</summary>
    public void Drain(IBufferWriter<byte> output)
    {
        output.Write(_bytes.GetBuffer().AsSpan(0, (int)_bytes.Length));
        _bytes.SetLength(0);
    }

    public void Dispose()
    {
        if (_self.IsAllocated) _self.Free();
    }
}
