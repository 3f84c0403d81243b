using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// Rows of numbers whose blocks of 32 are rounded to 8 bits, with a scale each, for products by <typeparamref name="TDot"/>. Needs AVX2 and
/// FMA.
/// </summary>
internal readonly unsafe struct QuantisedRows<TDot> where TDot : struct, IBlockDot
{
    private const int BlockSize = QuantisedRows.BlockSize;
    private const int Outputs = QuantisedRows.Outputs;

    // Numbers of a block in fours, as the processor multiplies them.
    private const int Quads = BlockSize / 4;

    private const float Largest = sbyte.MaxValue;

    // [blocks, rows, TDot.Bytes], [blocks, rows] and [blocks, rows], with a row of zeros behind an odd number of rows.
    private readonly byte* _x;
    private readonly float* _scales;
    private readonly int* _starts;

    private QuantisedRows(int rows, int blocks, byte* memory)
    {
        Rows = rows;
        Blocks = blocks;
        _x = memory;
        _scales = (float*)(_x + (long)Even(rows) * blocks * TDot.Bytes);
        _starts = (int*)(_scales + (long)Even(rows) * blocks);
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Blocks of a row.</summary>
    public int Blocks { get; }

    /// <summary>Bytes of memory that they take.</summary>
    public static int Bytes(int rows, int blocks) => Even(rows) * blocks * (TDot.Bytes + sizeof(float) + sizeof(int));

    /// <summary>Rounds rows.</summary>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="inputs">Numbers of a row.</param>
    /// <param name="blocks">Blocks of a row; of the last one, a part may be unused.</param>
    /// <param name="memory">As many bytes as <see cref="Bytes"/> says; the result refers to it.</param>
    public static QuantisedRows<TDot> Make(float* x, int rows, int inputs, int blocks, byte* memory)
    {
        var result = new QuantisedRows<TDot>(rows, blocks, memory);
        if (rows != Even(rows)) new Span<byte>(memory, Bytes(rows, blocks)).Clear();
        var rest = stackalloc float[BlockSize];
        for (var row = 0; row < rows; row++)
        {
            for (var block = 0; block < blocks; block++)
            {
                var from = x + (long)row * inputs + block * BlockSize;
                var count = inputs - block * BlockSize;
                if (count < BlockSize)
                {
                    new Span<float>(rest, BlockSize).Clear();
                    new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(rest, count));
                    from = rest;
                }

                result.Round(from, block * Even(rows) + row);
            }
        }

        return result;
    }

    /// <summary>
    /// Writes the sums of the products with a group of outputs. Two rows at a time: each number of a row is loaded once for the group, each
    /// weight once for two rows.
    /// </summary>
    /// <param name="codes">[blocks, 8, 32, 4].</param>
    /// <param name="scales">[blocks, 32].</param>
    /// <param name="sums">[rows + 1, 32]; what is behind the last row is overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(byte* codes, float* scales, float* sums)
    {
        new Span<float>(sums, Even(Rows) * Outputs).Clear();
        var x = _x;
        var xScale = _scales;
        var start = _starts;
        for (var block = Blocks; block > 0; block--, codes += QuantisedRows.GroupBytes, scales += Outputs)
        {
            var sum = sums;
            for (var row = 0; row < Rows; row += 2, x += 2 * TDot.Bytes, xScale += 2, start += 2, sum += 2 * Outputs)
            {
                var a0 = Vector256.Create(start[0]);
                var b0 = Vector256.Create(start[1]);
                var a1 = a0;
                var b1 = b0;
                var a2 = a0;
                var b2 = b0;
                var a3 = a0;
                var b3 = b0;
                var weights = codes;
                for (var i = 0; i < Quads; i++, weights += 4 * Outputs)
                {
                    var a = x + 4 * i;
                    var b = a + TDot.Bytes;
                    var w = Vector256.Load(weights);
                    a0 = TDot.Add(a0, w, a);
                    b0 = TDot.Add(b0, w, b);
                    w = Vector256.Load(weights + 32);
                    a1 = TDot.Add(a1, w, a);
                    b1 = TDot.Add(b1, w, b);
                    w = Vector256.Load(weights + 64);
                    a2 = TDot.Add(a2, w, a);
                    b2 = TDot.Add(b2, w, b);
                    w = Vector256.Load(weights + 96);
                    a3 = TDot.Add(a3, w, a);
                    b3 = TDot.Add(b3, w, b);
                }

                AddScaled(sum, scales, xScale[0], a0, a1, a2, a3);
                AddScaled(sum + Outputs, scales, xScale[1], b0, b1, b2, b3);
            }
        }
    }

    private static int Even(int rows) => rows + (rows & 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(
        float* sums,
        float* scales,
        float xScale,
        Vector256<int> a,
        Vector256<int> b,
        Vector256<int> c,
        Vector256<int> d)
    {
        var factor = Vector256.Create(xScale);
        AddScaled(sums, Vector256.Load(scales) * factor, a);
        AddScaled(sums + 8, Vector256.Load(scales + 8) * factor, b);
        AddScaled(sums + 16, Vector256.Load(scales + 16) * factor, c);
        AddScaled(sums + 24, Vector256.Load(scales + 24) * factor, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(float* sums, Vector256<float> factor, Vector256<int> products) =>
        Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(products), factor, Vector256.Load(sums)).Store(sums);

    /// <summary>Of a block with NaN or infinity, the scale is NaN, and with it all results of the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Round(float* x, int index)
    {
        var a = Vector256.Load(x);
        var b = Vector256.Load(x + 8);
        var c = Vector256.Load(x + 16);
        var d = Vector256.Load(x + 24);
        var most = Vector256.Max(
            Vector256.Max(Vector256.Abs(a), Vector256.Abs(b)),
            Vector256.Max(Vector256.Abs(c), Vector256.Abs(d)));
        var half = Vector128.Max(most.GetLower(), most.GetUpper());
        var extreme = MathF.Max(MathF.Max(half[0], half[1]), MathF.Max(half[2], half[3]));
        var inverse = extreme == 0 ? 0 : Largest / extreme;
        var ab = Avx2.PackSignedSaturate(
            Avx.ConvertToVector256Int32(a * inverse),
            Avx.ConvertToVector256Int32(b * inverse));
        var cd = Avx2.PackSignedSaturate(
            Avx.ConvertToVector256Int32(c * inverse),
            Avx.ConvertToVector256Int32(d * inverse));
        // Packing puts the lower halves of all before the upper ones.
        var packed = Avx2.PackSignedSaturate(ab, cd).AsInt32();
        var rounded = Avx2.PermuteVar8x32(packed, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).AsSByte();
        _starts[index] = TDot.Store(rounded, _x + (long)index * TDot.Bytes);
        _scales[index] = float.IsFinite(extreme) ? extreme / Largest : float.NaN;
    }
}

/// <summary>The sizes of rows that are rounded to 8 bits and of the weights that they are multiplied with.</summary>
internal static class QuantisedRows
{
    /// <summary>Numbers of a block.</summary>
    public const int BlockSize = 32;

    /// <summary>Outputs that are computed side by side.</summary>
    public const int Outputs = 32;

    /// <summary>Bytes of a block's codes for these outputs.</summary>
    public const int GroupBytes = BlockSize * Outputs;
}
