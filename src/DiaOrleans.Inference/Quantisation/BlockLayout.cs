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

    // Four codes of an output lie side by side; a scale has as many bytes.
    private const int ElementBytes = 4;
    private const int Quads = BlockQuantiser.BlockSize / ElementBytes;

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
            ? [Groups(outputs), blocks, Quads, Outputs, ElementBytes]
            : [outputs, blocks, BlockQuantiser.BlockBytes(Bits)];
    }

    /// <summary>Shape of its scales.</summary>
    public long[] ScalesShape(int inputs, int outputs)
    {
        long blocks = BlockQuantiser.Blocks(inputs);
        return Order == BlockOrder.Groups ? [Groups(outputs), blocks, Outputs] : [outputs, blocks];
    }

    /// <summary>
    /// Brings the codes or the scales of a linear map from the order of outputs into this one. Outputs that the last group has too many are
    /// zeros.
    /// </summary>
    /// <param name="values">[outputs, elements of four bytes]: four codes, or a scale.</param>
    /// <param name="outputs">Number of outputs.</param>
    public byte[] Arrange(byte[] values, int outputs)
    {
        if (Order == BlockOrder.Outputs) return values;
        var row = values.Length / ElementBytes / outputs;
        var result = new byte[Groups(outputs) * Outputs * row * ElementBytes];
        Parallel.For(0, outputs, output =>
        {
            var from = MemoryMarshal.Cast<byte, int>(values.AsSpan()).Slice(output * row, row);
            var to = MemoryMarshal.Cast<byte, int>(result.AsSpan())[(output / Outputs * Outputs * row + output % Outputs)..];
            for (var i = 0; i < row; i++) to[i * Outputs] = from[i];
        });
        return result;
    }

    private static int Groups(int outputs) => (outputs + Outputs - 1) / Outputs;
}
