using System.Runtime.InteropServices;
using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Reading;

/// <summary>The functions of libsndfile that decode a file, declared in sndfile.h.</summary>
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
        _open = (delegate* unmanaged[Cdecl]<SoundFileCalls*, int, SoundFileInfo*, void*, nint>)
            NativeLibrary.GetExport(library, "sf_open_virtual");
        _read = (delegate* unmanaged[Cdecl]<nint, float*, long, long>)NativeLibrary.GetExport(library, "sf_readf_float");
        _error = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "sf_error");
        _errorText = (delegate* unmanaged[Cdecl]<nint, nint>)NativeLibrary.GetExport(library, "sf_strerror");
        _close = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "sf_close");
    }

    /// <summary>The library; null if it is not installed.</summary>
    public static SoundFileLibrary? Installed { get; } =
        NativeLibraries.TryLoad(NativeLibraryName.SoundFile, out var library) ? new SoundFileLibrary(library) : null;

    /// <summary>Opens a file.</summary>
    /// <param name="calls">The callbacks that read it.</param>
    /// <param name="memory">Its bytes; must not move until <see cref="Close"/>.</param>
    /// <param name="info">Its format.</param>
    /// <returns>A handle; 0 if libsndfile does not support the file.</returns>
    public nint Open(SoundFileCalls* calls, SoundFileMemory* memory, out SoundFileInfo info)
    {
        fixed (SoundFileInfo* target = &info)
        {
            *target = default;
            return _open(calls, ReadMode, target, memory);
        }
    }

    /// <summary>Decodes the next frames.</summary>
    /// <param name="handle">An open file.</param>
    /// <param name="interleaved">Receives the samples; holds at least <paramref name="frames"/> times the number of channels.</param>
    /// <param name="frames">Frames to read.</param>
    /// <returns>Frames read; 0 at the end or on an error.</returns>
    public long Read(nint handle, Span<float> interleaved, int frames)
    {
        fixed (float* target = interleaved) return _read(handle, target, frames);
    }

    /// <summary>True if the last call on the file failed.</summary>
    public bool Failed(nint handle) => _error(handle) != 0;

    /// <summary>The last error of a file, or of <see cref="Open"/> if the handle is 0, without a full stop.</summary>
    public string ErrorText(nint handle) => Marshal.PtrToStringUTF8(_errorText(handle))?.TrimEnd('.', ' ') ?? "unknown error";

    /// <summary>Closes a file.</summary>
    public void Close(nint handle) => _close(handle);
}

/// <summary>SF_INFO of sndfile.h.</summary>
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
