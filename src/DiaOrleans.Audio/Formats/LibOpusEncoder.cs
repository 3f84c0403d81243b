using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DiaOrleans.Audio.Native;
using Microsoft.Win32.SafeHandles;

namespace DiaOrleans.Audio.Formats;

/// <summary>Functions of libopusenc, declared in opusenc.h, with callbacks that write to a <see cref="NativeSink"/>.</summary>
internal static unsafe partial class LibOpusEncoder
{
    /// <summary>OPUS_SET_BITRATE of opus_defines.h; bits per second.</summary>
    public const int BitRate = 4002;

    /// <summary>OPE_SET_DECISION_DELAY; samples at 48 kHz.</summary>
    public const int DecisionDelay = 14000;

    /// <summary>OPE_SET_MUXING_DELAY; samples at 48 kHz.</summary>
    public const int MuxingDelay = 14002;

    /// <summary>OPE_SET_SERIALNO.</summary>
    public const int SerialNumber = 14006;

    private const string Library = nameof(NativeLibraryName.OpusEnc);

    [StructLayout(LayoutKind.Sequential)]
    private struct Callbacks
    {
        public delegate* unmanaged[Cdecl]<nint, byte*, int, int> Write;
        public delegate* unmanaged[Cdecl]<nint, int> Close;
    }

    /// <summary>Creates a mono encoder at 48 kHz.</summary>
    /// <param name="sink">Receives the bytes; must outlive the encoder.</param>
    /// <param name="comments">Comments of the stream.</param>
    /// <param name="error">0, or a code of opusenc.h; then the handle is invalid.</param>
    public static OpusHandle Create(NativeSink sink, OpusCommentsHandle comments, out int error)
    {
        var callbacks = new Callbacks { Write = &OnWrite, Close = &OnClose };
        return Create(&callbacks, sink.Pointer, comments, rate: 48000, channels: 1, family: 0, out error);
    }

    /// <summary>Sets one option.</summary>
    /// <param name="encoder">An encoder.</param>
    /// <param name="request">A constant of this class.</param>
    /// <param name="value">Its value.</param>
    /// <returns>0, or a code of opusenc.h.</returns>
    public static int Set(OpusHandle encoder, int request, int value) =>
        OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? ControlOnStack(encoder, request, 0, 0, 0, 0, 0, 0, value)
            : Control(encoder, request, value);

    [LibraryImport(Library, EntryPoint = "ope_comments_create")]
    public static partial OpusCommentsHandle CreateComments();

    [LibraryImport(Library, EntryPoint = "ope_encoder_write_float")]
    public static partial int Write(OpusHandle encoder, float* samples, int count);

    [LibraryImport(Library, EntryPoint = "ope_encoder_drain")]
    public static partial int Drain(OpusHandle encoder);

    [LibraryImport(Library, EntryPoint = "ope_encoder_destroy")]
    public static partial void Destroy(nint encoder);

    [LibraryImport(Library, EntryPoint = "ope_comments_destroy")]
    public static partial void DestroyComments(nint comments);

    [LibraryImport(Library, EntryPoint = "ope_encoder_create_callbacks")]
    private static partial OpusHandle Create(
        Callbacks* callbacks,
        nint user,
        OpusCommentsHandle comments,
        int rate,
        int channels,
        int family,
        out int error);

    [LibraryImport(Library, EntryPoint = "ope_encoder_ctl")]
    private static partial int Control(OpusHandle encoder, int request, int value);

    // The C function takes variable arguments. Apple's ARM64 ABI passes them on the stack, as the ninth argument of an ordinary call.
    [LibraryImport(Library, EntryPoint = "ope_encoder_ctl")]
    private static partial int ControlOnStack(OpusHandle encoder, int request, nint a, nint b, nint c, nint d, nint e, nint f, nint value);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnWrite(nint user, byte* bytes, int length) =>
        NativeSink.From(user).TryWrite(new ReadOnlySpan<byte>(bytes, length)) ? 0 : 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnClose(nint user) => 0;
}

/// <summary>An encoder of libopusenc.</summary>
internal sealed class OpusHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibOpusEncoder.Destroy(handle);
        return true;
    }
}

/// <summary>The comments of an Ogg Opus stream.</summary>
internal sealed class OpusCommentsHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibOpusEncoder.DestroyComments(handle);
        return true;
    }
}
