using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DiaOrleans.Audio.Native;
using Microsoft.Win32.SafeHandles;

namespace DiaOrleans.Audio.Formats;

/// <summary>Functions of libFLAC, declared in FLAC/stream_encoder.h, with callbacks that write to a <see cref="NativeSink"/>.</summary>
internal static unsafe partial class LibFlac
{
    private const string Library = nameof(NativeLibraryName.Flac);

    [LibraryImport(Library, EntryPoint = "FLAC__stream_encoder_new")]
    public static partial FlacHandle New();

    [LibraryImport(Library, EntryPoint = "FLAC__stream_encoder_set_channels")]
    public static partial int SetChannels(FlacHandle encoder, uint channels);

    [LibraryImport(Library, EntryPoint = "FLAC__stream_encoder_set_bits_per_sample")]
    public static partial int SetBits(FlacHandle encoder, uint bits);

    [LibraryImport(Library, EntryPoint = "FLAC__stream_encoder_set_sample_rate")]
    public static partial int SetRate(FlacHandle encoder, uint rate);

    [LibraryImport(Library, EntryPoint = "FLAC__stream_encoder_set_compression_level")]
    public static partial int SetLevel(FlacHandle encoder, uint level);

    [LibraryImport(Library, EntryPoint = "FLAC__stream_encoder_set_blocksize")]
    public static partial int SetBlockSize(FlacHandle encoder, uint samples);

    [LibraryImport(Library, EntryPoint = "FLAC__stream_encoder_process")]
    public static partial int Process(FlacHandle encoder, int** channels, uint samples);

    [LibraryImport(Library, EntryPoint = "FLAC__stream_encoder_finish")]
    public static partial int Finish(FlacHandle encoder);

    [LibraryImport(Library, EntryPoint = "FLAC__stream_encoder_get_state")]
    public static partial int State(FlacHandle encoder);

    [LibraryImport(Library, EntryPoint = "FLAC__stream_encoder_delete")]
    public static partial void Delete(nint encoder);

    /// <summary>Starts the encoder, which writes the header at once.</summary>
    /// <param name="encoder">An encoder with its settings.</param>
    /// <param name="sink">Receives the bytes; must outlive the encoder.</param>
    /// <param name="seekable">True lets the encoder complete the header at the end.</param>
    /// <returns>0, or FLAC__StreamEncoderInitStatus.</returns>
    public static int Start(FlacHandle encoder, NativeSink sink, bool seekable) =>
        Initialise(encoder, &OnWrite, seekable ? &OnSeek : null, seekable ? &OnTell : null, null, sink.Pointer);

    [LibraryImport(Library, EntryPoint = "FLAC__stream_encoder_init_stream")]
    private static partial int Initialise(
        FlacHandle encoder,
        delegate* unmanaged[Cdecl]<nint, byte*, nuint, uint, uint, nint, int> write,
        delegate* unmanaged[Cdecl]<nint, ulong, nint, int> seek,
        delegate* unmanaged[Cdecl]<nint, ulong*, nint, int> tell,
        void* metadata,
        nint client);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnWrite(nint encoder, byte* bytes, nuint length, uint samples, uint frame, nint client) =>
        NativeSink.From(client).TryWrite(new ReadOnlySpan<byte>(bytes, (int)length)) ? 0 : 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnSeek(nint encoder, ulong offset, nint client)
    {
        NativeSink.From(client).Position = (long)offset;
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnTell(nint encoder, ulong* offset, nint client)
    {
        *offset = (ulong)NativeSink.From(client).Position;
        return 0;
    }
}

/// <summary>An encoder of libFLAC.</summary>
internal sealed class FlacHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibFlac.Delete(handle);
        return true;
    }
}
