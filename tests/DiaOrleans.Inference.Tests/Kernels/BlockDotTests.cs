using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Tests.Kernels;

/// <summary>Products in 8 bits by the instructions of each kind of processor: all are exact, so processors give equal results.</summary>
public unsafe class BlockDotTests
{
    private const int BlockSize = QuantisedRows.BlockSize;

    public static TheoryData<int[], int[]> Extremes
    {
        get
        {
            var data = new TheoryData<int[], int[]>();
            int[][] numbers = [[127], [-127], [127, -127], [-127, 127], [0], [1, -1, 127]];
            int[][] codes = [[255], [0], [1], [255, 0], [0, 255], [128], [127, 129]];
            foreach (var x in numbers) foreach (var c in codes) data.Add(x, c);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Extremes))]
    public void Sums_of_extreme_numbers_are_exact(int[] numbers, int[] codes) => AreExact(
        [.. Enumerable.Range(0, BlockSize).Select(i => (sbyte)numbers[i % numbers.Length])],
        [.. Enumerable.Range(0, QuantisedRows.GroupBytes).Select(i => (byte)codes[i % codes.Length])]);

    [Fact]
    public void Sums_of_random_numbers_are_exact()
    {
        var random = new Random(1);
        for (var round = 0; round < 100; round++)
        {
            AreExact(
                [.. Enumerable.Range(0, BlockSize).Select(_ => (sbyte)random.Next(-127, 128))],
                [.. Enumerable.Range(0, QuantisedRows.GroupBytes).Select(_ => (byte)random.Next(256))]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Products_of_rows_are_equal_to_the_bit(int rows)
    {
        Assert.SkipUnless(AvxVnni.IsSupported, "needs AVX-VNNI");
        const int Blocks = 7;
        var random = new Random(2);
        float[] x = [.. Enumerable.Range(0, rows * Blocks * BlockSize).Select(_ => random.NextSingle() * 6 - 3)];
        float[] scales = [.. Enumerable.Range(0, Blocks * QuantisedRows.Outputs).Select(_ => random.NextSingle() * 0.01f)];
        var codes = new byte[Blocks * QuantisedRows.GroupBytes];
        random.NextBytes(codes);
        Product<PairDot>(x, rows, codes, scales).ShouldBe(Product<VnniDot>(x, rows, codes, scales));
    }

    private static void AreExact(sbyte[] x, byte[] codes)
    {
        Assert.SkipUnless(QuantisedLinear.IsSupported, "needs AVX2");
        int[] expected = [.. Enumerable.Range(0, QuantisedRows.Outputs).Select(output =>
            Enumerable.Range(0, BlockSize).Sum(i => x[i] * (codes[i / 4 * 128 + output * 4 + i % 4] - 128)))];
        Sums<PairDot>(x, codes).ShouldBe(expected);
        if (AvxVnni.IsSupported) Sums<VnniDot>(x, codes).ShouldBe(expected);
    }

    private static int[] Sums<TDot>(sbyte[] x, byte[] codes) where TDot : IBlockDot
    {
        var stored = stackalloc byte[TDot.Bytes];
        var start = TDot.Store(Vector256.Create(x), stored);
        var sums = new int[QuantisedRows.Outputs];
        for (var output = 0; output < sums.Length; output += Vector256<int>.Count)
        {
            var sum = Vector256.Create(start);
            for (var i = 0; i < BlockSize; i += 4) sum = TDot.Add(sum, Vector256.Create(codes, i * 32 + output * 4), stored + i);
            sum.CopyTo(sums, output);
        }

        return sums;
    }

    private static float[] Product<TDot>(float[] x, int rows, byte[] codes, float[] scales) where TDot : struct, IBlockDot
    {
        var blocks = codes.Length / QuantisedRows.GroupBytes;
        var memory = new byte[QuantisedRows<TDot>.Bytes(rows, blocks)];
        var sums = new float[(rows + 1) * QuantisedRows.Outputs];
        fixed (float* from = x, scale = scales, to = sums)
        fixed (byte* bytes = memory, code = codes)
        {
            QuantisedRows<TDot>.Make(from, rows, x.Length / rows, blocks, bytes).Multiply(code, scale, to);
        }

        return sums[..(rows * QuantisedRows.Outputs)];
    }
}
