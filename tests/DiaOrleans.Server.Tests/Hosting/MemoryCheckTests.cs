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
            + "and 8.0 GiB are available. Free memory, or use fewer slots (--slots), a smaller precision (--precision int8 or int4) "
            + "or a smaller model;");
    }

    [Theory]
    [InlineData("int8", 1, "caches of one slot 3.0", "or use a smaller precision (--precision int4) or a smaller model;")]
    [InlineData("int4", 1, "weights in int4 6.0", "Free memory, or use a smaller model;")]
    [InlineData("int4", 2, "caches of 2 slots", "Free memory, or use fewer slots (--slots) or a smaller model;")]
    public void Only_what_would_help_is_advised(string precision, int slots, string number, string advice)
    {
        var model = new ModelOptions { Folder = "/models/Dia-1.6B", Precision = precision };
        var memory = new ModelMemory(Weights: 6L << 30, slots, Caches: 3L << 30, Rest: 1L << 29);
        var message = Should.Throw<SettingsException>(() => MemoryCheck.Require(model, memory, 8L << 30)).Message;
        message.ShouldContain(number);
        message.ShouldContain(advice);
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
