using System.Buffers;
using System.Runtime.InteropServices;

namespace DiaOrleans.Audio.Formats;

/// <summary>
/// Receives bytes from the callbacks of a native library, which refers to it by <see cref="Pointer"/>. The garbage collector keeps it until
/// <see cref="Dispose"/>.
/// </summary>
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

    /// <summary>Writes bytes at the position. Returns false on an error, because an exception must not pass through native code.</summary>
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

    /// <summary>Moves all bytes to <paramref name="output"/>.</summary>
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
