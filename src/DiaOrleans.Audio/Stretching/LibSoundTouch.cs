using System.Runtime.InteropServices;
using DiaOrleans.Audio.Native;
using Microsoft.Win32.SafeHandles;

namespace DiaOrleans.Audio.Stretching;

/// <summary>Functions of SoundTouch, declared in SoundTouchDLL.h.</summary>
internal static unsafe partial class LibSoundTouch
{
    private const string Library = nameof(NativeLibraryName.SoundTouch);

    [LibraryImport(Library, EntryPoint = "soundtouch_createInstance")]
    public static partial SoundTouchHandle Create();

    [LibraryImport(Library, EntryPoint = "soundtouch_setSampleRate")]
    public static partial int SetSampleRate(SoundTouchHandle stretch, uint rate);

    [LibraryImport(Library, EntryPoint = "soundtouch_setChannels")]
    public static partial int SetChannels(SoundTouchHandle stretch, uint channels);

    [LibraryImport(Library, EntryPoint = "soundtouch_setTempo")]
    public static partial void SetTempo(SoundTouchHandle stretch, float tempo);

    [LibraryImport(Library, EntryPoint = "soundtouch_putSamples")]
    public static partial int Put(SoundTouchHandle stretch, float* samples, uint count);

    [LibraryImport(Library, EntryPoint = "soundtouch_receiveSamples")]
    public static partial uint Receive(SoundTouchHandle stretch, float* samples, uint capacity);

    [LibraryImport(Library, EntryPoint = "soundtouch_destroyInstance")]
    public static partial void Destroy(nint stretch);
}

/// <summary>A stretcher of SoundTouch.</summary>
internal sealed class SoundTouchHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibSoundTouch.Destroy(handle);
        return true;
    }
}
