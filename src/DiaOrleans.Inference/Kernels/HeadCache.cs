using Microsoft.ML.OnnxRuntime.Tensors;

namespace DiaOrleans.Inference.Kernels;

/// <summary>Keys and values of one head, rows of fp32 or bf16.</summary>
/// <param name="keys">[rows, width].</param>
/// <param name="values">[rows, width].</param>
/// <param name="width">Of the head.</param>
/// <param name="narrow">Whether they are in bf16.</param>
internal readonly unsafe struct HeadCache(byte* keys, byte* values, int width, bool narrow)
{
    /// <summary>Element type of keys and values.</summary>
    public static TensorElementType Type(bool narrow) => narrow ? TensorElementType.BFloat16 : TensorElementType.Float;

    /// <summary>Bytes of an element.</summary>
    public static int ElementSize(bool narrow) => narrow ? sizeof(ushort) : sizeof(float);

    /// <summary>Floats of scratch memory for a number of queries and rows.</summary>
    public static int Scratch(int queries, int rows, int width, bool narrow) =>
        narrow ? NarrowHeads.Scratch(queries, rows, width) : AttentionHeads.Scratch(queries, rows);

    /// <summary>Writes a row, whose numbers are rounded to the element type.</summary>
    public void Put(int row, float* key, float* value)
    {
        Put(key, keys, row);
        Put(value, values, row);
    }

    /// <summary>Writes, for each query, the mean of the values by the softmax of its products with the keys, scale 1.</summary>
    /// <param name="query">[queries, width].</param>
    /// <param name="output">[queries, width].</param>
    /// <param name="queries">Number of queries.</param>
    /// <param name="rows">The first rows are attended to; at least 1.</param>
    /// <param name="scratch">As many as <see cref="Scratch"/> says.</param>
    public void Attend(float* query, float* output, int queries, int rows, float* scratch)
    {
        if (narrow) NarrowHeads.Attend(query, output, queries, (ushort*)keys, (ushort*)values, rows, width, scratch);
        else AttentionHeads.Attend(query, output, queries, (float*)keys, (float*)values, rows, width, scratch);
    }

    private void Put(float* from, byte* to, int row)
    {
        if (narrow) NarrowRows.Write(from, (ushort*)to + (long)row * width, width);
        else new ReadOnlySpan<float>(from, width).CopyTo(new Span<float>((float*)to + (long)row * width, width));
    }
}
