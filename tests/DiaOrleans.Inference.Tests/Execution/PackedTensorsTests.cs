using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class PackedTensorsTests
{
    [Fact]
    public void Fields_start_at_aligned_offsets_and_do_not_overlap()
    {
        var layout = new PackedLayout();
        var ids = layout.Add<long>("ids", 3, 5);
        var scale = layout.Add<float>("scale", 70);
        var length = layout.AddForHost<int>("length", 1);
        (ids.Offset, ids.Count).ShouldBe((0, 15));
        (scale.Offset, scale.Count).ShouldBe((256, 70));
        (length.Offset, length.Count).ShouldBe((768, 1));
        layout.Bytes.ShouldBe(1024);
        layout.Tensors.Select(t => (t.Name, t.OnHost)).ShouldBe([("ids", false), ("scale", false), ("length", true)]);

        using var packed = new PackedTensors(Device.Cpu, layout);
        packed.Elements(ids).Fill(-1);
        packed.Elements(length).Fill(-1);
        packed.Elements(scale).ToArray().ShouldBe(new float[70]);
    }

    [Fact]
    public void A_type_without_a_tensor_type_is_refused() =>
        Should.Throw<NotSupportedException>(() => new PackedLayout().Add<double>("x", 1));
}
