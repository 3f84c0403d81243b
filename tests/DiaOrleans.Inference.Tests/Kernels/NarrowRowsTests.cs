using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Tests.Kernels;

public sealed class NarrowRowsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(4099)]
    public unsafe void Numbers_are_rounded_to_the_nearest(int count)
    {
        var random = new Random(count);
        float[] rare =
        [
            float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.Epsilon, -0f,
            Bits(0x3f808000), Bits(0x3f818000), Bits(0x3f808001), Bits(0x7fffffff), Bits(0xffffffff), Bits(0x7f800001),
        ];
        float[] from = [.. Enumerable.Range(0, count).Select(i => i % 3 == 0 ? rare[i / 3 % rare.Length] : Any())];
        var to = new ushort[count + 1];
        to[count] = 1;
        fixed (float* source = from)
        fixed (ushort* target = to) NarrowRows.Write(source, target, count);
        to[count].ShouldBe((ushort)1);
        var expected = OnnxElements.Narrow(from, OnnxType.BFloat16);
        for (var i = 0; i < count; i++) to[i].ShouldBe(BitConverter.ToUInt16(expected, 2 * i), $"{from[i]} at {i}");

        float Any() => Bits((uint)random.NextInt64(1L << 32));
    }

    private static float Bits(uint bits) => BitConverter.UInt32BitsToSingle(bits);
}
