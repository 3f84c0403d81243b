using System.Runtime.InteropServices;
using DiaOrleans.Server.Devices;

namespace DiaOrleans.Server.Tests.Devices;

public sealed class NvidiaGpusTests
{
    [Fact]
    public void Without_the_library_of_the_driver_there_are_no_gpus()
    {
        if (NativeLibrary.TryLoad("libnvidia-ml.so.1", out _)) Assert.Skip("This machine has an NVIDIA driver.");
        new NvidiaGpus().Numbers.ShouldBeEmpty();
    }

    [Fact]
    public void The_memory_of_a_gpu_is_read_and_a_missing_gpu_is_an_error()
    {
        var gpus = new NvidiaGpus();
        if (gpus.Numbers.Count == 0) Assert.Skip("This machine has no NVIDIA GPU.");
        var memory = gpus.ReadMemory(0);
        memory.Error.ShouldBeNull();
        memory.Total.ShouldBeGreaterThan(1L << 30);
        memory.Used.ShouldBeInRange(0, memory.Total);
        gpus.ReadMemory(99).Error.ShouldNotBeNull();
    }
}
