using System.Runtime.Intrinsics;

namespace DiaOrleans.Inference.Kernels;

/// <summary>
/// The products of a processor's instructions with blocks of 32 numbers x, -127 to 127, and codes of weights: a code c stands for c - 128.
/// Each implementation gives the same integers.
/// </summary>
internal unsafe interface IBlockDot
{
    /// <summary>Bytes that a block of x takes.</summary>
    static abstract int Bytes { get; }

    /// <summary>Stores a block of x in these bytes, and returns the number that the sums of the block's products begin with.</summary>
    static abstract int Store(Vector256<sbyte> x, byte* to);

    /// <summary>Adds the products of four numbers of x with those of eight outputs to the outputs' sums.</summary>
    /// <param name="sums">Of the eight outputs.</param>
    /// <param name="codes">Four of each output.</param>
    /// <param name="x">Where the four numbers begin in a stored block; those of four more are four bytes further.</param>
    static abstract Vector256<int> Add(Vector256<int> sums, Vector256<byte> codes, byte* x);
}
