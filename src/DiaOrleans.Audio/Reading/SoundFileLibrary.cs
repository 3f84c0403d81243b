using System.Runtime.InteropServices;
using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Reading;

/// <summary>The few functions of libsndfile that reading takes; see its sndfile.h.</summary>
internal sealed unsafe class SoundFileLibrary
{
    private const int ReadMode = 0x10;

    private readonly delegate* unmanaged[Cdecl]<SoundFileCalls*, int, SoundFileInfo*, void*, nint> _open;
    private readonly delegate* unmanaged[Cdecl]<nint, float*, long, long> _read;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _error;
    private readonly delegate* unmanaged[Cdecl]<nint, nint> _errorText;
    private readonly delegate* unmanaged[Cdecl]<nint, int> _close;

    private SoundFileLibrary(nint library)
    {
        _open = (delegate* unmanaged[Cdecl]<SoundFileCalls*, int, SoundFileInfo*, void*, nint>)NativeLibrary.GetExport(library, "sf_open_virtual");
        _read = (delegate* unmanaged[Cdecl]<nint, float*, long, long>)NativeLibrary.GetExport(library, "sf_readf_float");
        _error = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "sf_error");
        _errorText = (delegate* unmanaged[Cdecl]<nint, nint>)NativeLibrary.GetExport(library, "sf_strerror");
        _close = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "sf_close");
    }

    /// <summary>Null where libsndfile is not installed.</summary>
    public static SoundFileLibrary? Installed { get; } = NativeLibraries.TryLoad(NativeLibraryName.SoundFile, out var library) ? new SoundFileLibrary(library) : null;

    /// <summary>0 when it is not understood.</summary>
    public nint Open(SoundFileCalls* calls, SoundFileMemory* memory, out SoundFileInfo info)
    {
        fixed (SoundFileInfo* target = &info)
        {
            *target = default;
            return _open(calls, ReadMode, target, memory);
        }
    }

    /// <summary>Reads frames into <paramref name="interleaved"/>; 0 at the end.</summary>
    public long Read(nint handle, Span<float> interleaved, int frames)
    {
        fixed (float* target = interleaved) return _read(handle, target, frames);
    }

    public bool Failed(nint handle) => _error(handle) != 0;

    public string ErrorText(nint handle) => Marshal.PtrToStringUTF8(_errorText(handle))?.TrimEnd('.', ' ') ?? "unknown error";

    public void Close(nint handle) => _close(handle);
}

/// <summary>SF_INFO.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SoundFileInfo
{
    public long Frames;
    public int SampleRate;
    public int Channels;
    public int Format;
    public int Sections;
    public int Seekable;
}
