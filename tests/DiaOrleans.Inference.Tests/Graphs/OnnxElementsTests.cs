using DiaOrleans.Inference.Graphs;

namespace DiaOrleans.Inference.Tests.Graphs;

public sealed class OnnxElementsTests
{
    [Fact]
    public void Narrowing_to_bfloat16_rounds_to_the_nearest_and_ties_to_even()
    {
        // A bfloat16 near 1 has a step of 2^-7.
        const float step = 1f / 128;
        Round(1 + 0.4f * step).ShouldBe(1);
        Round(1 + 0.5f * step).ShouldBe(1);
        Round(1 + 0.6f * step).ShouldBe(1 + step);
        Round(1 + 1.5f * step).ShouldBe(1 + 2 * step);
        Round(float.NegativeInfinity).ShouldBe(float.NegativeInfinity);
        Round(float.NaN).ShouldBe(float.NaN);

        static float Round(float value) => OnnxElements.Widen(OnnxElements.Narrow([value], OnnxType.BFloat16), OnnxType.BFloat16)[0];
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(-65504f)]
    public void Narrowing_to_float16_gives_the_nearest_half(float value) =>
        OnnxElements.Widen(OnnxElements.Narrow([value], OnnxType.Float16), OnnxType.Float16)[0].ShouldBe((float)(Half)value);

    [Fact]
    public void Integers_are_not_converted()
    {
        Should.Throw<ArgumentException>(() => OnnxElements.Narrow([1], OnnxType.Int64));
        Should.Throw<ArgumentException>(() => OnnxElements.Widen(new byte[8], OnnxType.Int64));
    }
}
