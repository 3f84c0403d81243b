using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
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
