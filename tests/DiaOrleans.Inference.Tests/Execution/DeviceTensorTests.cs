using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Graphs;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class DeviceTensorTests
{
    public static TheoryData<int> FloatTypes => new((int)OnnxType.Float, (int)OnnxType.Float16, (int)OnnxType.BFloat16);

    [Theory]
    [MemberData(nameof(FloatTypes))]
    public void Elements_written_from_the_host_are_read_back(int type)
    {
        using var tensor = Tensor((OnnxType)type, [1, -2, 0.5f, 4], 2, 2);
        tensor.ToSingles().ShouldBe([1, -2, 0.5f, 4]);
    }

    [Fact]
    public void A_part_shares_the_memory_of_the_whole_and_does_not_free_it()
    {
        using var whole = Tensor(OnnxType.Float, [1, 2, 3, 4, 5, 6], 6);
        using (var part = new DeviceTensor(whole, offset: 2, 1, 3)) part.ToSingles().ShouldBe([3, 4, 5]);
        whole.ToSingles().ShouldBe([1, 2, 3, 4, 5, 6]);
        Should.Throw<ArgumentOutOfRangeException>(() => new DeviceTensor(whole, offset: 4, 1, 3));
    }

    [Fact]
    public void A_new_tensor_is_zero()
    {
        using var tensor = new DeviceTensor(Device.Cpu, OnnxType.Float16, 3, 5);
        tensor.ToSingles().ShouldBe(new float[15]);
    }

    [Theory]
    [MemberData(nameof(FloatTypes))]
    public void Blocks_are_copied_to_strided_places(int type)
    {
        using var source = Tensor((OnnxType)type, [1, 2, 3, 4], 2, 2);
        using var target = new DeviceTensor(Device.Cpu, (OnnxType)type, 2, 2, 3);
        target.CopyBlocks(source, blocks: 2, offset: 6, stride: 3);
        target.ToSingles().ShouldBe([0, 0, 0, 0, 0, 0, 1, 2, 0, 3, 4, 0]);
    }

    [Fact]
    public void Blocks_of_fp32_are_rounded_to_bf16()
    {
        float[] elements = [.. Enumerable.Range(0, 40).Select(i => 1 + i / 300f)];
        using var source = Tensor(OnnxType.Float, elements, 2, 20);
        using var target = new DeviceTensor(Device.Cpu, OnnxType.BFloat16, 2, 23);
        target.CopyBlocks(source, blocks: 2, offset: 1, stride: 23);
        var rounded = OnnxElements.Widen(OnnxElements.Narrow(elements, OnnxType.BFloat16), OnnxType.BFloat16);
        target.ToSingles().ShouldBe([0, .. rounded[..20], 0, 0, 0, .. rounded[20..], 0, 0]);
    }

    [Fact]
    public void Blocks_outside_the_tensor_or_of_another_type_are_refused()
    {
        using var source = Tensor(OnnxType.Float, [1, 2, 3, 4], 4);
        using var target = new DeviceTensor(Device.Cpu, OnnxType.Float, 6);
        using var half = new DeviceTensor(Device.Cpu, OnnxType.Float16, 6);
        Should.Throw<ArgumentOutOfRangeException>(() => target.CopyBlocks(source, blocks: 2, offset: 2, stride: 3));
        Should.Throw<ArgumentOutOfRangeException>(() => target.CopyBlocks(source, blocks: 2, offset: 0, stride: 1));
        Should.Throw<ArgumentException>(() => half.CopyBlocks(source, blocks: 1, offset: 0, stride: 4));
    }

    [Fact]
    public void A_view_shares_the_tensor_s_memory()
    {
        using var tensor = Tensor(OnnxType.Float, [1, 2, 3, 4, 5, 6], 3, 2);
        using var view = tensor.View(2, 2, 2);
        view.GetTensorDataAsSpan<float>().ToArray().ShouldBe([3, 4, 5, 6]);
        view.GetTensorMutableDataAsSpan<float>()[0] = 9;
        tensor.ToSingles().ShouldBe([1, 2, 9, 4, 5, 6]);
        Should.Throw<ArgumentOutOfRangeException>(() => tensor.View(3, 2, 2));
    }

    private static DeviceTensor Tensor(OnnxType type, float[] values, params long[] shape)
    {
        var tensor = new DeviceTensor(Device.Cpu, type, shape);
        tensor.Write(OnnxElements.Narrow(values, type));
        return tensor;
    }
}
