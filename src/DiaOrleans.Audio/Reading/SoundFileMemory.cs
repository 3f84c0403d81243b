using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DiaOrleans.Audio.Reading;

/// <summary>A file in memory that libsndfile reads by callbacks.</summary>
/// <param name="bytes">The file; must not move while libsndfile reads it.</param>
/// <param name="length">Bytes of the file.</param>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SoundFileMemory(byte* bytes, long length)
{
    private const int FromCurrent = 1;
    private const int FromEnd = 2;

    private readonly byte* _bytes = bytes;
    private readonly long _length = length;
    private long _position;

    /// <summary>Bytes between the place that was read last and the end of the file.</summary>
    public readonly long Unread => _length - _position;

    /// <summary>The callbacks.</summary>
    public static SoundFileCalls Calls => new() { GetLength = &GetLength, Seek = &Seek, Read = &Read, Write = &Write, Tell = &Tell };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long GetLength(SoundFileMemory* file) => file->_length;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Seek(long offset, int whence, SoundFileMemory* file)
    {
        var from = whence switch { FromCurrent => file->_position, FromEnd => file->_length, _ => 0 };
        // The other term is at most the length, so the sum cannot overflow.
        offset = Math.Clamp(offset, -file->_length, file->_length);
        return file->_position = Math.Clamp(from + offset, 0, file->_length);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Read(void* target, long count, SoundFileMemory* file)
    {
        count = Math.Clamp(count, 0, file->_length - file->_position);
        Buffer.MemoryCopy(file->_bytes + file->_position, target, count, count);
        file->_position += count;
        return count;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Write(void* source, long count, SoundFileMemory* file) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Tell(SoundFileMemory* file) => file->_position;
}

/// <summary>SF_VIRTUAL_IO of sndfile.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SoundFileCalls
{
    public delegate* unmanaged[Cdecl]<SoundFileMemory*, long> GetLength;
    public delegate* unmanaged[Cdecl]<long, int, SoundFileMemory*, long> Seek;
    public delegate* unmanaged[Cdecl]<void*, long, SoundFileMemory*, long> Read;
    public delegate* unmanaged[Cdecl]<void*, long, SoundFileMemory*, long> Write;
    public delegate* unmanaged[Cdecl]<SoundFileMemory*, long> Tell;
}
