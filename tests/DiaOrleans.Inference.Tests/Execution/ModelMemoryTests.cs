using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Kernels;
using DiaOrleans.Inference.Quantisation;
using DiaOrleans.Inference.Tests.Checkpoints;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class ModelMemoryTests
{
    private const long MiB = 1 << 20;

    private static readonly ModelOptions Nano = new() { Folder = ReferenceCheckpoints.Folder("dia-nano"), Precision = "fp32", Slots = 1 };

    [Fact]
    public void The_shipped_model_takes_a_few_hundred_mebibytes()
    {
        var memory = ModelMemory.Estimate(Nano);
        (memory.Weights / MiB).ShouldBeInRange(55, 70, "15.3 M weights in fp32");
        (memory.Total / MiB).ShouldBeInRange(300, 450, "the server peaks at 345 MiB");
    }

    [Fact]
    public void Each_slot_has_its_caches()
    {
        var one = ModelMemory.Estimate(Nano);
        var many = ModelMemory.Estimate(Nano with { Slots = 10 });
        many.Caches.ShouldBe(10 * one.Caches);
        (many.Total - one.Total).ShouldBe(9 * one.Caches);
    }

    /// <summary>What is estimated before a load, and what each call is promised while it runs.</summary>
    [Theory]
    [InlineData("int8")]
    [InlineData("int4")]
    public void Caches_of_a_quantised_model_take_half(string name)
    {
        const int Rows = 10, TextIds = 20;
        var precision = Precision.OfCpu.Single(p => p.Name == name);
        using var exact = Golden.Load("dia-nano", threads: 1);
        using var quantised = Golden.Load("dia-nano", precision: precision, threads: 1);
        var part = NarrowVectors.IsSupported ? 2 : 1;
        ModelMemory.Estimate(Nano with { Precision = name }).Caches.ShouldBe(ModelMemory.Estimate(Nano).Caches / part);
        quantised.Decoder.Growth(0, Rows, TextIds).ShouldBe(exact.Decoder.Growth(0, Rows, TextIds) / part);
        // 6 layers of keys and values: 2 rows of 2 heads of 64; 4 heads of 64.
        exact.Decoder.Growth(0, Rows, TextIds).ShouldBe(6 * 2 * (Rows * 2 * 2 * 64 + TextIds * 4 * 64) * sizeof(float));
    }

    [Theory]
    [InlineData("int8", 8)]
    [InlineData("int4", 4)]
    public void Quantised_weights_take_what_their_file_has(string precision, int bits)
    {
        using var cache = new TempFolder();
        new QuantisedCache(cache.Path).Open(DiaCheckpoint.Open(Nano.Folder), bits);
        var file = new FileInfo(Directory.GetFiles(cache.Path, "*.safetensors").Single()).Length;
        var codec = DacCheckpoint.Open(CodecLocator.Find(Nano.Folder, null)).ParameterCount * sizeof(float);
        var estimate = ModelMemory.Estimate(Nano with { Precision = precision }).Weights - codec;
        estimate.ShouldBeInRange((long)(0.98 * file), (long)(1.02 * file));
    }

    [Fact]
    public void A_smaller_precision_takes_less() =>
        ((string[])["fp32", "int8", "int4"])
            .Select(precision => ModelMemory.Estimate(Nano with { Precision = precision }).Weights)
            .ShouldBeInOrder(SortDirection.Descending);
}
