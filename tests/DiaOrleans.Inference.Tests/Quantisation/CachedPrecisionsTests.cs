using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Quantisation;
using DiaOrleans.Inference.Tests.Checkpoints;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Quantisation;

public sealed class CachedPrecisionsTests
{
    [Fact]
    public void A_precision_is_found_when_its_weights_were_made()
    {
        using var cache = new TempFolder();
        var model = ReferenceCheckpoints.Folder("dia-nano");
        CachedPrecisions.Find(Path.Combine(cache.Path, "none"), model).ShouldBeEmpty();
        CachedPrecisions.Find(cache.Path, model).ShouldBeEmpty();
        Directory.GetFiles(cache.Path).ShouldBeEmpty("nothing is computed");
        new QuantisedCache(cache.Path).Open(DiaCheckpoint.Open(model), bits: 4);
        CachedPrecisions.Find(cache.Path, model).ShouldBe(["int4"]);
        new QuantisedCache(cache.Path).Open(DiaCheckpoint.Open(model), bits: 8);
        CachedPrecisions.Find(cache.Path, model).ShouldBe(["int8", "int4"]);
        CachedPrecisions.Find(cache.Path, cache.Path).ShouldBeEmpty();
    }
}
