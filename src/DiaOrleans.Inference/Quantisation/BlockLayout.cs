using System.Runtime.InteropServices;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Quantisation;

/// <summary>Bits and order of the quantised weights of a file.</summary>
/// <param name="Bits">8 or 4.</param>
/// <param name="Order">The order; groups are of 8 bits only.</param>
internal sealed record BlockLayout(int Bits, BlockOrder Order)
{
    private const int Outputs = QuantisedRows.Outputs;

    // Codes of an output that lie side by side, and how many of these a block has. They are moved as one int.
    private const int QuadBytes = sizeof(int);
    private const int Quads = BlockQuantiser.BlockSize / QuadBytes;

    /// <summary>Name in file names; that of the precision comes first.</summary>
    public string Name => Order == BlockOrder.Groups ? $"int{Bits}-groups" : $"int{Bits}";

    /// <summary>
    /// The layout that this processor multiplies fastest. A session reads weights in groups from the file's pages; of the others ONNX
    /// Runtime makes a copy in an order of its own.
    /// </summary>
    public static BlockLayout Of(int bits) =>
        new(bits, bits == 8 && QuantisedLinear.IsSupported ? BlockOrder.Groups : BlockOrder.Outputs);

    /// <summary>Shape of the codes of a linear map.</summary>
    public long[] CodesShape(int inputs, int outputs)
    {
        long blocks = BlockQuantiser.Blocks(inputs);
        return Order == BlockOrder.Groups
            ? [Groups(outputs), blocks, Quads, Outputs, QuadBytes]
            : [outputs, blocks, BlockQuantiser.BlockBytes(Bits)];
    }

    /// <summary>Shape of its scales.</summary>
    public long[] ScalesShape(int inputs, int outputs)
    {
        long blocks = BlockQuantiser.Blocks(inputs);
        return Order == BlockOrder.Groups ? [Groups(outputs), blocks, Outputs] : [outputs, blocks];
    }

    /// <summary>Brings codes from the order of outputs, [outputs, blocks, block bytes], into this one.</summary>
    public byte[] OrderCodes(byte[] codes, int outputs) => Order == BlockOrder.Groups
        ? MemoryMarshal.AsBytes(Group(MemoryMarshal.Cast<byte, int>(codes).ToArray(), outputs).AsSpan()).ToArray()
        : codes;

    /// <summary>Brings scales from the order of outputs, [outputs, blocks], into this one.</summary>
    public float[] OrderScales(float[] scales, int outputs) => Order == BlockOrder.Groups ? Group(scales, outputs) : scales;

    /// <summary>
    /// [outputs, elements of an output] as [groups, elements, outputs of a group]; outputs that the last group has too many are zeros.
    /// </summary>
    private static T[] Group<T>(T[] from, int outputs)
    {
        var row = from.Length / outputs;
        var result = new T[Groups(outputs) * Outputs * row];
        Parallel.For(0, outputs, output =>
        {
            var start = output / Outputs * Outputs * row + output % Outputs;
            for (var i = 0; i < row; i++) result[start + i * Outputs] = from[output * row + i];
        });
        return result;
    }

    private static int Groups(int outputs) => (outputs + Outputs - 1) / Outputs;
}
