using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Graphs;

/// <summary>Blocks of the text encoder and the decoder. Activations are [rows, sequence, hidden].</summary>
internal sealed class TransformerOps(GraphBuilder graph, DiaCheckpoint checkpoint)
{
    private readonly float _epsilon = checkpoint.Config.NormEpsilon;

    /// <summary>x of [..., in] times the named module's weight.</summary>
    public string Linear(string x, string module) => Linear(graph, x, checkpoint.Linear(module));

    /// <summary>x of [..., in] times a weight.</summary>
    public static string Linear(GraphBuilder graph, string x, LinearWeight weight)
    {
        if (weight.Blocks is { } blocks) return Quantised(graph, x, weight, blocks);
        return weight.OutputMajor
            ? graph.Node("FusedMatMul", GraphBuilder.Microsoft, [x, graph.Weight(weight.Tensor, weight.Out, weight.In)], ("transB", 1L))
            : graph.Node("MatMul", [x, graph.Weight(weight.Tensor, weight.In, weight.Out)]);
    }

    /// <summary>
    /// The same with a result of NaN for a row that has NaN or infinity: ONNX Runtime's MatMulNBits may give numbers for it.
    /// </summary>
    public static string LinearOrNaN(GraphBuilder graph, string x, LinearWeight weight)
    {
        var y = Linear(graph, x, weight);
        if (weight.Blocks is not { Order: BlockOrder.Outputs }) return y;
        var squares = graph.Node("ReduceSumSquare", [x, graph.Integers(-1)], ("keepdims", 1L));
        return graph.Node("Add", [y, graph.Node("Mul", [squares, graph.Constant(OnnxType.Float, [0f], 1)])]);
    }

    /// <summary>The same for several modules at once, their outputs side by side.</summary>
    public string Linear(string x, string[] modules)
    {
        var weights = modules.Select(checkpoint.Linear).ToArray();
        if (weights[0].Blocks is not null) return graph.Node("Concat", [.. weights.Select(w => Linear(graph, x, w))], ("axis", -1L));
        var outputMajor = weights[0].OutputMajor;
        string[] parts = [.. weights.Select(w => graph.Weight(w.Tensor, outputMajor ? [w.Out, w.In] : [w.In, w.Out]))];
        var whole = graph.Node("Concat", parts, ("axis", outputMajor ? 0L : 1L));
        return outputMajor
            ? graph.Node("FusedMatMul", GraphBuilder.Microsoft, [x, whole], ("transB", 1L))
            : graph.Node("MatMul", [x, whole]);
    }

    /// <summary>RMSNorm over the last axis with the named weight.</summary>
    public string Norm(string x, string module) =>
        graph.Node("SimplifiedLayerNormalization", [x, NormWeight(module)], ("axis", -1L), ("epsilon", _epsilon), ("stash_type", 1L));

    /// <summary>sum = x + skip, and its RMSNorm.</summary>
    public (string Sum, string Norm) AddNorm(string x, string skip, string module)
    {
        var norm = graph.Fresh("norm");
        var sum = graph.Fresh("sum");
        string[] inputs = [x, skip, NormWeight(module)];
        graph.Emit("SkipSimplifiedLayerNormalization", inputs, [norm, "", "", sum], GraphBuilder.Microsoft, [("epsilon", _epsilon)]);
        return (sum, norm);
    }

    /// <summary>down(silu(gate(x)) * up(x)); gate and up are the halves of one weight, gate first.</summary>
    public string Mlp(string x, string module)
    {
        var gate = graph.Fresh("gate");
        var up = graph.Fresh("up");
        graph.Emit("Split", [Linear(x, $"{module}.gate_up_proj")], [gate, up], "", [("axis", -1L), ("num_outputs", 2L)]);
        var silu = graph.Node("QuickGelu", GraphBuilder.Microsoft, [gate], ("alpha", 1f));
        return Linear(graph.Node("Mul", [silu, up]), $"{module}.down_proj");
    }

    /// <summary>
    /// Rotates x of [rows, sequence, heads * headDim] at <paramref name="positions"/>: [1] holds the first of consecutive positions, [rows,
    /// sequence] each one.
    /// </summary>
    public string Rotate(string x, string positions, RotaryTable table) =>
        graph.Node("RotaryEmbedding", GraphBuilder.Microsoft, [x, positions, table.Cos, table.Sin], ("interleaved", 0L));

    /// <summary>
    /// Attention of all queries to all keys, scale 1. All are [rows, keys, heads * headDim].
    /// </summary>
    public string Attend(string query, string key, string value, int heads) =>
        graph.Node(
            "MultiHeadAttention",
            GraphBuilder.Microsoft,
            [query, key, value],
            ("num_heads", (long)heads),
            ("scale", 1f));

    /// <summary>
    /// Both operators round blocks of x to 8 bits and sum their products in integers. MatMulNBits does so at accuracy level 4; the others
    /// are 30 times slower on the CPU.
    /// </summary>
    private static string Quantised(GraphBuilder graph, string x, LinearWeight weight, QuantisedBlocks blocks)
    {
        var codes = graph.Bytes(weight.Tensor, [.. weight.Tensor.Shape]);
        var scales = graph.Weight(blocks.Scales, [.. blocks.Scales.Shape]);
        if (blocks.Order == BlockOrder.Groups)
            return graph.Node(QuantisedLinear.OperatorName, HostOperators.Domain, [x, codes, scales, graph.Integers(weight.Out)]);
        return graph.Node(
            "MatMulNBits",
            GraphBuilder.Microsoft,
            [x, codes, scales],
            ("K", (long)weight.In),
            ("N", (long)weight.Out),
            ("bits", (long)blocks.Bits),
            ("block_size", (long)blocks.BlockSize),
            ("accuracy_level", 4L));
    }

    private string NormWeight(string module)
    {
        var weight = checkpoint.Vector(module);
        return graph.Weight(weight, weight.Shape[0]);
    }
}
