using System.Runtime.InteropServices;

namespace DiaOrleans.Server.Devices;

/// <summary>NVIDIA GPUs, as the driver's management library (NVML) sees them. Without that library there are none.</summary>
internal sealed partial class NvidiaGpus : IGpus
{
    private const string Library = "libnvidia-ml.so.1";

    private readonly int _count = Count();

    public IReadOnlyList<int> Numbers => [.. Enumerable.Range(0, _count)];

    public GpuMemory ReadMemory(int gpu)
    {
        var result = DeviceGetHandleByIndex((uint)gpu, out var device);
        if (result != 0) return Unreadable(result);
        result = DeviceGetMemoryInfo(device, out var memory);
        return result == 0 ? new GpuMemory((long)memory.Used, (long)memory.Total) : Unreadable(result);
    }

    private static int Count()
    {
        try
        {
            return Init() == 0 && DeviceGetCount(out var count) == 0 ? (int)count : 0;
        }
        catch (Exception problem) when (problem is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return 0;
        }
    }

    private static GpuMemory Unreadable(int result) => new(0, 0, $"NVML error {result}: {Marshal.PtrToStringUTF8(ErrorString(result))}");

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
