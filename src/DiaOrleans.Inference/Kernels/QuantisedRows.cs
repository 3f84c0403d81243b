using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DiaOrleans.Inference.Kernels;

/// <summary>Rows of numbers whose blocks of 32 are rounded to 8 bits, with a scale each.</summary>
internal readonly unsafe struct QuantisedRows
{
    /// <summary>Numbers of a block.</summary>
    public const int BlockSize = 32;

    /// <summary>Outputs that are computed side by side.</summary>
    public const int Outputs = 8;

    /// <summary>Bytes of a block's codes for these outputs.</summary>
    public const int GroupBytes = BlockSize * Outputs;

    // What a code of a weight is larger than what it stands for.
    private const int Offset = 128;

    private const float Largest = sbyte.MaxValue;

    // [blocks, rows, 32], [blocks, rows] and [blocks, rows].
    private readonly sbyte* _codes;
    private readonly float* _scales;
    private readonly int* _starts;

    private QuantisedRows(int rows, int blocks, byte* memory)
    {
        Rows = rows;
        Blocks = blocks;
        _codes = (sbyte*)memory;
        _scales = (float*)(_codes + (long)rows * blocks * BlockSize);
        _starts = (int*)(_scales + (long)rows * blocks);
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Blocks of a row.</summary>
    public int Blocks { get; }

    /// <summary>Bytes of memory that they take.</summary>
    public static int Bytes(int rows, int blocks) => rows * blocks * (BlockSize + sizeof(float) + sizeof(int));

    /// <summary>Rounds rows.</summary>
    /// <param name="x">[rows, inputs].</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="inputs">Numbers of a row.</param>
    /// <param name="blocks">Blocks of a row; of the last one, a part may be unused.</param>
    /// <param name="memory">As many bytes as <see cref="Bytes"/> says; the result refers to it.</param>
    public static QuantisedRows Make(float* x, int rows, int inputs, int blocks, byte* memory)
    {
        var result = new QuantisedRows(rows, blocks, memory);
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

                result.Round(from, block * rows + row);
            }
        }

        return result;
    }

    /// <summary>Writes the sums [rows, 8] of the products with a group of outputs.</summary>
    /// <param name="codes">[blocks, 8, 8, 4].</param>
    /// <param name="scales">[blocks, 8].</param>
    /// <param name="sums">The sums.</param>
    public void Multiply(byte* codes, float* scales, float* sums)
    {
        if (Rows == 2)
        {
            MultiplyTwo(codes, scales, sums);
            return;
        }

        new Span<float>(sums, Rows * Outputs).Clear();
        MultiplyAll(codes, scales, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyAll(byte* codes, float* scales, float* sums)
    {
        var x = (int*)_codes;
        var xScale = _scales;
        var start = _starts;
        for (var block = Blocks; block > 0; block--, codes += GroupBytes, scales += Outputs)
        {
            var w0 = Vector256.Load(codes);
            var w1 = Vector256.Load(codes + 32);
            var w2 = Vector256.Load(codes + 64);
            var w3 = Vector256.Load(codes + 96);
            var w4 = Vector256.Load(codes + 128);
            var w5 = Vector256.Load(codes + 160);
            var w6 = Vector256.Load(codes + 192);
            var w7 = Vector256.Load(codes + 224);
            var scale = Vector256.Load(scales);
            var sum = sums;
            for (var row = Rows; row > 0; row--, x += 8, sum += Outputs)
            {
                var product = Vector256.Create(*start++);
                product = Add(product, w0, x[0]);
                product = Add(product, w1, x[1]);
                product = Add(product, w2, x[2]);
                product = Add(product, w3, x[3]);
                product = Add(product, w4, x[4]);
                product = Add(product, w5, x[5]);
                product = Add(product, w6, x[6]);
                product = Add(product, w7, x[7]);
                var factor = scale * Vector256.Create(*xScale++);
                Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(product), factor, Vector256.Load(sum)).Store(sum);
            }
        }
    }

    /// <summary>The same results for two rows, the guidance rows of one call, without a wait for the sums of the block before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyTwo(byte* codes, float* scales, float* sums)
    {
        var x = (int*)_codes;
        var xScale = _scales;
        var start = _starts;
        var first = Vector256<float>.Zero;
        var second = Vector256<float>.Zero;
        for (var block = Blocks; block > 0; block--, codes += GroupBytes, scales += Outputs, x += 16, xScale += 2, start += 2)
        {
            var a = Vector256.Create(start[0]);
            var b = Vector256.Create(start[1]);
            var c = Vector256<int>.Zero;
            var d = Vector256<int>.Zero;
            for (var i = 0; i < 8; i += 2)
            {
                var w = Vector256.Load(codes + i * 32);
                a = Add(a, w, x[i]);
                b = Add(b, w, x[i + 8]);
                w = Vector256.Load(codes + i * 32 + 32);
                c = Add(c, w, x[i + 1]);
                d = Add(d, w, x[i + 9]);
            }

            var scale = Vector256.Load(scales);
            first = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(a + c), scale * Vector256.Create(xScale[0]), first);
            second = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(b + d), scale * Vector256.Create(xScale[1]), second);
        }

        first.Store(sums);
        second.Store(sums + Outputs);
    }

    /// <summary>Adds the products of four inputs of each output with four numbers of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, int numbers) =>
        AvxVnni.MultiplyWideningAndAdd(sum, weights, Vector256.Create(numbers).AsSByte());

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
        var codes = Avx2.PermuteVar8x32(packed, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).AsSByte();
        codes.Store(_codes + (long)index * BlockSize);
        _scales[index] = float.IsFinite(extreme) ? extreme / Largest : float.NaN;
        _starts[index] = -Offset * Vector256.Sum(AvxVnni.MultiplyWideningAndAdd(Vector256<int>.Zero, Vector256<byte>.One, codes));
    }
}
