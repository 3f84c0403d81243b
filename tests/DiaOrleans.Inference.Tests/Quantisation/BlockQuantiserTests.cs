using DiaOrleans.Inference.Quantisation;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Quantisation;

public sealed class BlockQuantiserTests
{
    [Property]
    public void A_weight_of_8_bits_is_off_by_at_most_half_a_scale(int seed)
    {
        var weights = Weights(seed);
        var (codes, scales) = Quantise(weights, 8);
        var back = Dequantise(codes, scales, 8, weights.Length);
        for (var i = 0; i < weights.Length; i++)
        {
            var scale = scales[i / BlockQuantiser.BlockSize];
            Math.Abs(weights[i] - back[i]).ShouldBeLessThanOrEqualTo(0.5001f * scale, $"weight {i}");
        }
    }

    [Property]
    public void Four_bits_lose_no_more_than_rounding_to_the_range_of_each_block(int seed)
    {
        var weights = Weights(seed);
        var (codes, scales) = Quantise(weights, 4);
        var back = Dequantise(codes, scales, 4, weights.Length);
        for (var start = 0; start < weights.Length; start += BlockQuantiser.BlockSize)
        {
            var block = weights.AsSpan(start, Math.Min(BlockQuantiser.BlockSize, weights.Length - start)).ToArray();
            var step = block.Max(Math.Abs) / 8;
            var plain = block.Sum(w => Square(w - step * Math.Clamp(MathF.Round(w / step), -8, 8)));
            var extreme = block.MaxBy(Math.Abs);
            var lowest = block.Sum(w => Square(w + extreme / 8 * Math.Clamp(MathF.Round(-8 * w / extreme), -8, 7)));
            var error = block.Select((w, i) => Square(w - back[start + i])).Sum();
            error.ShouldBeLessThanOrEqualTo(1.0001f * lowest, $"block at {start}");
            error.ShouldBeLessThanOrEqualTo(block.Length * Square(step), $"block at {start}, plain rounding {plain}");
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void Zeros_stay_zeros_and_the_unused_part_of_the_last_block_is_zero(int bits)
    {
        var weights = new float[BlockQuantiser.BlockSize + 3];
        weights[^1] = -0.25f;
        var (codes, scales) = Quantise(weights, bits);
        scales.Length.ShouldBe(2);
        scales[0].ShouldBe(0);
        var back = Dequantise(codes, scales, bits, 2 * BlockQuantiser.BlockSize);
        back[..(weights.Length - 1)].ShouldAllBe(w => w == 0);
        back[weights.Length - 1].ShouldBe(-0.25f, 1e-3);
        back[weights.Length..].ShouldAllBe(w => w == 0);
    }

    [Fact]
    public void Codes_of_4_bits_are_two_a_byte_with_the_first_in_the_lower_half()
    {
        var weights = new float[BlockQuantiser.BlockSize];
        weights[0] = -8;
        weights[1] = 7;
        weights[2] = 1;
        var (codes, scales) = Quantise(weights, 4);
        scales.ShouldBe([1f]);
        codes[..3].ShouldBe([(byte)0xf0, (byte)0x89, (byte)0x88]);
    }

    /// <summary>What codes and scales stand for, written apart from the product.</summary>
    internal static float[] Dequantise(byte[] codes, float[] scales, int bits, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            var code = bits == 8 ? codes[i] : (codes[i / 2] >> (4 * (i % 2))) & 15;
            return scales[i / 32] * (code - (bits == 8 ? 128 : 8));
        }),
    ];

    private static (byte[] Codes, float[] Scales) Quantise(float[] weights, int bits)
    {
        var blocks = BlockQuantiser.Blocks(weights.Length);
        var codes = new byte[blocks * BlockQuantiser.BlockBytes(bits)];
        var scales = new float[blocks];
        BlockQuantiser.Quantise(weights, bits, codes, scales);
        return (codes, scales);
    }

    private static float[] Weights(int seed)
    {
        var random = new Random(seed);
        var size = MathF.Pow(10, random.Next(-6, 3));
        return [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => size * (random.NextSingle() * 2 - 1) + size / 100)];
    }

    private static float Square(float x) => x * x;
}
