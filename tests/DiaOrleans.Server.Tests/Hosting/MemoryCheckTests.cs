using DiaOrleans.Inference.Execution;
using DiaOrleans.Server.Devices;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Tests.Hosting;

public sealed class MemoryCheckTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void A_model_that_does_not_fit_is_refused_with_the_numbers()
    {
        var model = new ModelOptions { Folder = "/models/Dia-1.6B/", Precision = "fp32" };
        var memory = new ModelMemory(Weights: 6L << 30, Slots: 4, Caches: 3L << 30, Rest: 1L << 29);
        Should.NotThrow(() => MemoryCheck.Require(model, memory, 10L << 30));
        Should.Throw<SettingsException>(() => MemoryCheck.Require(model, memory, 8L << 30)).Message.ShouldStartWith(
            "Dia-1.6B does not fit into the memory of this machine: it needs about 9.5 GiB (weights in fp32 6.0, caches of 4 slots 3.0), "
            + "and 8.0 GiB are available. Free memory, use fewer slots (--slots)");
    }

    [Fact]
    public void The_check_reads_the_checkpoint_and_can_be_switched_off()
    {
        Directory.CreateDirectory(_root.File("proc"));
        File.WriteAllText(_root.File("proc/meminfo"), "MemAvailable:    50000 kB\n");
        var memory = new HostMemory(_root.Path);
        var nano = new ModelOptions { Folder = ModelFolder.Default() };
        Should.Throw<SettingsException>(() => MemoryCheck.Require(nano, new EngineOptions(), memory)).Message.ShouldContain("0.0 GiB are");
        Should.NotThrow(() => MemoryCheck.Require(nano, new EngineOptions { MemoryCheck = false }, memory));
        Should.NotThrow(() => MemoryCheck.Require(nano with { Device = "cuda:0" }, new EngineOptions(), memory));
        Should.NotThrow(() => MemoryCheck.Require(nano with { Folder = _root.Path }, new EngineOptions(), memory));
    }
}
