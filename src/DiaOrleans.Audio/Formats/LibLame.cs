using System.Runtime.InteropServices;
using DiaOrleans.Audio.Native;
using Microsoft.Win32.SafeHandles;

namespace DiaOrleans.Audio.Formats;

/// <summary>Functions of libmp3lame, declared in lame.h.</summary>
internal static unsafe partial class LibLame
{
    private const string Library = nameof(NativeLibraryName.Lame);

    /// <summary>MPEG_mode MONO.</summary>
    public const int Mono = 3;

    [LibraryImport(Library, EntryPoint = "lame_init")]
    public static partial LameHandle Init();

    [LibraryImport(Library, EntryPoint = "lame_set_in_samplerate")]
    public static partial int SetInputRate(LameHandle lame, int rate);

    [LibraryImport(Library, EntryPoint = "lame_set_out_samplerate")]
    public static partial int SetOutputRate(LameHandle lame, int rate);

    [LibraryImport(Library, EntryPoint = "lame_set_num_channels")]
    public static partial int SetChannels(LameHandle lame, int channels);

    [LibraryImport(Library, EntryPoint = "lame_set_mode")]
    public static partial int SetMode(LameHandle lame, int mode);

    [LibraryImport(Library, EntryPoint = "lame_set_brate")]
    public static partial int SetBitRate(LameHandle lame, int kilobits);

    [LibraryImport(Library, EntryPoint = "lame_set_quality")]
    public static partial int SetQuality(LameHandle lame, int quality);

    [LibraryImport(Library, EntryPoint = "lame_set_bWriteVbrTag")]
    public static partial int SetWriteInfoFrame(LameHandle lame, int on);

    [LibraryImport(Library, EntryPoint = "lame_set_write_id3tag_automatic")]
    public static partial void SetWriteId3(LameHandle lame, int on);

    [LibraryImport(Library, EntryPoint = "lame_init_params")]
    public static partial int InitParameters(LameHandle lame);

    [LibraryImport(Library, EntryPoint = "lame_encode_buffer_ieee_float")]
    public static partial int Encode(LameHandle lame, float* left, float* right, int samples, byte* bytes, int size);

    [LibraryImport(Library, EntryPoint = "lame_encode_flush")]
    public static partial int Flush(LameHandle lame, byte* bytes, int size);

    [LibraryImport(Library, EntryPoint = "lame_get_lametag_frame")]
    public static partial nuint GetInfoFrame(LameHandle lame, byte* bytes, nuint size);

    [LibraryImport(Library, EntryPoint = "lame_close")]
    public static partial int Close(nint lame);
}

/// <summary>An encoder of libmp3lame.</summary>
internal sealed class LameHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => LibLame.Close(handle) == 0;
}
