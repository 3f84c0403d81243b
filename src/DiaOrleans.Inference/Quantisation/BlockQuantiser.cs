using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Quantisation;

/// <summary>
/// Rounds weights to integers, with one fp32 scale for each <see cref="BlockSize"/> inputs of an output: the format of ONNX Runtime's
/// MatMulNBits. A code c stands for scale * (c - 2^(bits - 1)). A zero point for each block was tried: it loses as much (bench/README.md).
/// </summary>
internal static class BlockQuantiser
{
    /// <summary>Weights that share a scale.</summary>
    public const int BlockSize = QuantisedRows.BlockSize;

    private const int Candidates = 16;
    private const float FirstCandidate = 0.8f;
    private const float CandidateStep = 0.025f;

    /// <summary>Blocks of an output; of the last one, a part may be unused.</summary>
    public static int Blocks(int inputs) => (inputs + BlockSize - 1) / BlockSize;

    /// <summary>Bytes of a block's codes.</summary>
    public static int BlockBytes(int bits) => BlockSize * bits / 8;

    /// <summary>Bytes of a weight with its part of the scale.</summary>
    public static double BytesPerWeight(int bits) => (BlockBytes(bits) + sizeof(float)) / (double)BlockSize;

    /// <summary>Rounds the weights of one output.</summary>
    /// <param name="weights">The weights, one an input.</param>
    /// <param name="bits">8 or 4.</param>
    /// <param name="codes">Takes the codes, [blocks, block bytes]; of 4 bits, the earlier one of a pair is in the lower half.</param>
    /// <param name="scales">Takes the scales, [blocks].</param>
    public static void Quantise(ReadOnlySpan<float> weights, int bits, Span<byte> codes, Span<float> scales)
    {
        var bytes = BlockBytes(bits);
        Span<float> block = stackalloc float[BlockSize];
        Span<byte> wide = stackalloc byte[BlockSize];
        for (var i = 0; i < scales.Length; i++)
        {
            block.Clear();
            weights.Slice(i * BlockSize, Math.Min(BlockSize, weights.Length - i * BlockSize)).CopyTo(block);
            scales[i] = Scale(block, bits);
            Round(block, scales[i], bits, wide);
            var target = codes.Slice(i * bytes, bytes);
            if (bits == 8) wide.CopyTo(target);
            else Pack(wide, target);
        }
    }

    private static float Scale(ReadOnlySpan<float> block, int bits)
    {
        var half = 1 << (bits - 1);
        var extreme = block[TensorPrimitives.IndexOfMaxMagnitude(block)];
        return bits == 8 ? Math.Abs(extreme) / (half - 1) : BestScale(block, -extreme / half, half);
    }

    /// <summary>
    /// The scale of the least squared error among a few near <paramref name="first"/>, for which the lowest code stands for the extreme:
    /// there is one more code below zero than above it.
    /// </summary>
    private static float BestScale(ReadOnlySpan<float> block, float first, int half)
    {
        var best = first;
        var least = Error(block, first, half);
        for (var i = 0; i < Candidates; i++)
        {
            var scale = first * (FirstCandidate + CandidateStep * i);
            var error = Error(block, scale, half);
            if (error >= least) continue;
            least = error;
            best = scale;
        }

        return best;
    }

    private static float Error(ReadOnlySpan<float> block, float scale, int half)
    {
        if (scale == 0) return 0;
        var sum = Vector256<float>.Zero;
        var low = Vector256.Create((float)-half);
        var high = Vector256.Create(half - 1f);
        for (var i = 0; i < block.Length; i += Vector256<float>.Count)
        {
            var x = Vector256.Create(block[i..]);
            var difference = x - Vector256.Clamp(Vector256.Round(x / scale), low, high) * scale;
            sum += difference * difference;
        }

        return Vector256.Sum(sum);
    }

    private static void Round(ReadOnlySpan<float> block, float scale, int bits, Span<byte> codes)
    {
        var half = 1 << (bits - 1);
        for (var i = 0; i < block.Length; i++)
        {
            var code = scale == 0 ? 0 : (int)MathF.Round(block[i] / scale);
            codes[i] = (byte)(Math.Clamp(code, -half, half - 1) + half);
        }
    }

    private static void Pack(ReadOnlySpan<byte> codes, Span<byte> packed)
    {
        for (var i = 0; i < packed.Length; i++) packed[i] = (byte)(codes[2 * i] | codes[2 * i + 1] << 4);
    }
}
