using System.Runtime.InteropServices;

namespace DiaOrleans.Server.Devices;

/// <summary>NVIDIA's GPUs, read through the driver's management library (NVML). Without that library there are none.</summary>
internal sealed partial class NvidiaGpus : IGpus
{
    private const string Library = "libnvidia-ml.so.1";

    private readonly int _count = Count();

    /// <inheritdoc/>
    public IReadOnlyList<int> Numbers => [.. Enumerable.Range(0, _count)];

    /// <inheritdoc/>
    public GpuMemory ReadMemory(int gpu)
    {
        var result = DeviceGetHandleByIndex((uint)gpu, out var device);
        if (result != 0) return Fail(result);
        result = DeviceGetMemoryInfo(device, out var memory);
        return result == 0 ? new GpuMemory((long)memory.Used, (long)memory.Total) : Fail(result);
    }

    private static int Count()
    {
        try
        {
            return Init() == 0 && DeviceGetCount(out var count) == 0 ? (int)count : 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return 0;
        }
    }

    private static GpuMemory Fail(int result) => new(0, 0, $"NVML error {result}: {Marshal.PtrToStringUTF8(ErrorString(result))}");

    [LibraryImport(Library, EntryPoint = "nvmlInit_v2")]
    private static partial int Init();

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetCount_v2")]
    private static partial int DeviceGetCount(out uint count);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetHandleByIndex_v2")]
    private static partial int DeviceGetHandleByIndex(uint index, out nint device);

    [LibraryImport(Library, EntryPoint = "nvmlDeviceGetMemoryInfo")]
    private static partial int DeviceGetMemoryInfo(nint device, out MemoryInfo memory);

    [LibraryImport(Library, EntryPoint = "nvmlErrorString")]
    private static partial nint ErrorString(int result);

    [StructLayout(LayoutKind.Sequential)]
    private struct MemoryInfo
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }
}
