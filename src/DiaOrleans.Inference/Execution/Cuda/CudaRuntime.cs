using System.Runtime.InteropServices;

namespace DiaOrleans.Inference.Execution.Cuda;

/// <summary>
/// The functions of CUDA's runtime that ONNX Runtime's managed API has no counterpart for: memory at addresses of our own, copies on a
/// stream, and the streams. Names and numbers are those of cuda_runtime_api.h, version 13.
/// </summary>
internal static unsafe partial class CudaRuntime
{
    private const string Library = "libcudart.so.13";
    private const uint NonBlocking = 1;
    private const int ThreadLocal = 1;
    private const int MemoryAllocation = 2;

    /// <summary>Number of GPUs; 0 if the driver does not answer.</summary>
    public static int CountGpus() => GetDeviceCount(out var count) == 0 ? count : 0;

    /// <summary>
    /// Makes a GPU the one of the calling thread. The thread's calls then neither wait for nor break a graph that another thread captures.
    /// </summary>
    public static void Enter(int gpu)
    {
        Check(SetDevice(gpu), nameof(SetDevice));
        var mode = ThreadLocal;
        Check(ThreadExchangeStreamCaptureMode(ref mode), nameof(ThreadExchangeStreamCaptureMode));
    }

    /// <summary>A stream that does not wait for the default stream.</summary>
    public static nint CreateStream()
    {
        Check(StreamCreateWithFlags(out var stream, NonBlocking), nameof(StreamCreateWithFlags));
        return stream;
    }

    /// <summary>Waits for all work on a stream so far.</summary>
    public static void Wait(nint stream) => Check(StreamSynchronize(stream), nameof(StreamSynchronize));

    /// <summary>Bytes of free memory of the thread's GPU.</summary>
    public static long GetMemory()
    {
        Check(MemGetInfo(out var free, out _), nameof(MemGetInfo));
        return (long)free;
    }

    /// <summary>Zeroed memory of the thread's GPU.</summary>
    /// <exception cref="OutOfMemoryException">The GPU has too little free memory.</exception>
    public static nint Allocate(long bytes, nint stream)
    {
        var result = Malloc(out var address, (nuint)bytes);
        if (result == MemoryAllocation)
        {
            // The error stays until it is read, and ONNX Runtime would take it for its own.
            _ = GetLastError();
            throw new OutOfMemoryException($"The GPU has no {bytes} bytes of free memory.");
        }

        Check(result, nameof(Malloc));
        Clear(address, bytes, stream);
        Wait(stream);
        return address;
    }

    /// <summary>Frees memory of <see cref="Allocate"/> that no work uses any more.</summary>
    public static void Free(nint address) => Check(FreeMemory(address), nameof(FreeMemory));

    /// <summary>Zeroed memory of the host that the GPU copies from and to without the CPU.</summary>
    public static nint AllocatePinned(long bytes)
    {
        Check(HostAlloc(out var address, (nuint)bytes, 0), nameof(HostAlloc));
        ClearPinned(address, bytes);
        return address;
    }

    /// <summary>Zeroes memory of the GPU, in the order of the stream's work.</summary>
    public static void Clear(nint address, long bytes, nint stream) =>
        Check(MemsetAsync(address, 0, (nuint)bytes, stream), nameof(MemsetAsync));

    /// <summary>Zeroes memory of the host.</summary>
    public static void ClearPinned(nint address, long bytes) => NativeMemory.Clear((void*)address, (nuint)bytes);

    /// <summary>Copies on a stream, in the order of its work.</summary>
    public static void Copy(nint to, nint from, long bytes, CopyKind kind, nint stream) =>
        Check(MemcpyAsync(to, from, (nuint)bytes, kind, stream), nameof(MemcpyAsync));

    /// <summary>Copies <paramref name="count"/> blocks on a stream; the strides are the distances of their starts in bytes.</summary>
    public static void CopyBlocks(nint to, long toStride, nint from, long fromStride, long bytes, long count, nint stream) =>
        Check(
            Memcpy2DAsync(to, (nuint)toStride, from, (nuint)fromStride, (nuint)bytes, (nuint)count, CopyKind.DeviceToDevice, stream),
            nameof(Memcpy2DAsync));

    private static void Check(int result, string call)
    {
        if (result == 0) return;
        var text = Marshal.PtrToStringUTF8(GetErrorString(result));
        throw new InvalidOperationException($"CUDA refuses {call}: {text} (error {result}).");
    }

    [LibraryImport(Library, EntryPoint = "cudaGetDeviceCount")]
    private static partial int GetDeviceCount(out int count);

    [LibraryImport(Library, EntryPoint = "cudaSetDevice")]
    private static partial int SetDevice(int device);

    [LibraryImport(Library, EntryPoint = "cudaThreadExchangeStreamCaptureMode")]
    private static partial int ThreadExchangeStreamCaptureMode(ref int mode);

    [LibraryImport(Library, EntryPoint = "cudaStreamCreateWithFlags")]
    private static partial int StreamCreateWithFlags(out nint stream, uint flags);

    [LibraryImport(Library, EntryPoint = "cudaStreamSynchronize")]
    private static partial int StreamSynchronize(nint stream);

    [LibraryImport(Library, EntryPoint = "cudaMemGetInfo")]
    private static partial int MemGetInfo(out nuint free, out nuint total);

    [LibraryImport(Library, EntryPoint = "cudaMalloc")]
    private static partial int Malloc(out nint address, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cudaFree")]
    private static partial int FreeMemory(nint address);

    [LibraryImport(Library, EntryPoint = "cudaHostAlloc")]
    private static partial int HostAlloc(out nint address, nuint bytes, uint flags);

    [LibraryImport(Library, EntryPoint = "cudaMemsetAsync")]
    private static partial int MemsetAsync(nint address, int value, nuint bytes, nint stream);

    [LibraryImport(Library, EntryPoint = "cudaMemcpyAsync")]
    private static partial int MemcpyAsync(nint to, nint from, nuint bytes, CopyKind kind, nint stream);

    [LibraryImport(Library, EntryPoint = "cudaMemcpy2DAsync")]
    private static partial int Memcpy2DAsync(
        nint to,
        nuint toPitch,
        nint from,
        nuint fromPitch,
        nuint width,
        nuint height,
        CopyKind kind,
        nint stream);

    [LibraryImport(Library, EntryPoint = "cudaGetLastError")]
    private static partial int GetLastError();

    [LibraryImport(Library, EntryPoint = "cudaGetErrorString")]
    private static partial nint GetErrorString(int result);
}

/// <summary>The direction of a copy: cudaMemcpyKind.</summary>
internal enum CopyKind
{
    /// <summary>From the host to the GPU.</summary>
    HostToDevice = 1,

    /// <summary>From the GPU to the host.</summary>
    DeviceToHost = 2,

    /// <summary>Within the GPU.</summary>
    DeviceToDevice = 3,
}
