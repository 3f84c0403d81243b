using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// Samples [1, 1, frames * hop] to codes [codebooks, frames]; docs/model.md, Codec: blocks and Codec: quantiser. Always in fp32: the
/// nearest codebook row is often a near tie, and a recording must have the same codes on every device.
/// </summary>
internal static class CodecEncoderGraph
{
    /// <summary>Input: fp32 [1, 1, frames * hop].</summary>
    public const string Samples = "samples";
    /// <summary>Output: int64 [codebooks, frames].</summary>
    public const string Codes = "codes";
    /// <summary>Output: fp32 [1, hidden, frames], before quantisation.</summary>
    public const string Latent = "latent";
    /// <summary>Output: fp32 [1, hidden, frames], after quantisation.</summary>
    public const string Quantised = "quantised";

    /// <summary>The graph of a codec.</summary>
    public static GraphModel Build(DacCheckpoint codec)
    {
        var config = codec.Config;
        var graph = new GraphBuilder("codec-encoder", OnnxType.Float);
        var ops = new CodecOps(graph, codec, CodecOperators.Standard);
        var x = ops.Convolve(graph.Input(Samples, OnnxType.Float, 1, 1, "samples"), "encoder.conv1", pad: 3);
        for (var block = 0; block < config.DownsamplingRatios.Count; block++)
        {
            var stride = config.DownsamplingRatios[block];
            x = ops.ResidualUnits(x, $"encoder.block.{block}");
            x = ops.Convolve(ops.Snake(x, $"encoder.block.{block}.snake1"), $"encoder.block.{block}.conv1", stride, pad: (stride + 1) / 2);
        }

        var latent = ops.Convolve(ops.Snake(x, "encoder.snake1"), "encoder.conv2", pad: 1);
        graph.Output(Latent, latent, OnnxType.Float, 1, config.HiddenSize, "frames");
        Quantise(graph, ops, config, latent);
        return graph.Build();
    }

    /// <summary>
    /// Residual quantisation: the search compares directions, and the row that is subtracted is not normalised; later codebooks read the
    /// remainder.
    /// </summary>
    private static void Quantise(GraphBuilder graph, CodecOps ops, DacConfig config, string latent)
    {
        var residual = latent;
        var total = "";
        var rows = new string[config.Codebooks];
        for (var q = 0; q < config.Codebooks; q++)
        {
            var module = $"quantizer.quantizers.{q}";
            var e = ops.Convolve(residual, $"{module}.in_proj");
            var vectors = graph.Node("Transpose", [graph.Node("Squeeze", [e, graph.Integers(0)])], ("perm", new long[] { 1, 0 }));
            var codebook = ops.Codebook(q);
            var code = Nearest(graph, Normalise(graph, vectors), Normalise(graph, codebook));
            rows[q] = graph.Node("Unsqueeze", [code, graph.Integers(0)]);

            var nearest = graph.Node("Gather", [codebook, code]);
            var chosen = graph.Node("Unsqueeze", [graph.Node("Transpose", [nearest], ("perm", new long[] { 1, 0 })), graph.Integers(0)]);
            // The published encoder adds the difference to e instead of taking the row itself; its rounding decides later near-ties.
            var through = graph.Node("Add", [e, graph.Node("Sub", [chosen, e])]);
            var quantised = ops.Convolve(through, $"{module}.out_proj");
            residual = graph.Node("Sub", [residual, quantised]);
            total = q == 0 ? quantised : graph.Node("Add", [total, quantised]);
        }

        graph.Output(Codes, graph.Node("Concat", rows, ("axis", 0L)), OnnxType.Int64, config.Codebooks, "frames");
        graph.Output(Quantised, total, OnnxType.Float, 1, config.HiddenSize, "frames");
    }

    /// <summary>Rows of [n, dim] to unit length; the floor keeps a silent frame finite.</summary>
    private static string Normalise(GraphBuilder graph, string rows)
    {
        var length = graph.Node("ReduceL2", [rows, graph.Integers(1)], ("keepdims", 1L));
        return graph.Node("Div", [rows, graph.Node("Max", [length, graph.Scalar(1e-12f)])]);
    }

    /// <summary>The codebook row nearest to each vector, the first on ties: argmax of -(‖e‖² - 2 e·c + ‖c‖²).</summary>
    private static string Nearest(GraphBuilder graph, string vectors, string codebook)
    {
        var dot = graph.Node("MatMul", [vectors, graph.Node("Transpose", [codebook], ("perm", new long[] { 1, 0 }))]);
        var own = Square(vectors);
        var theirs = graph.Node("Transpose", [Square(codebook)], ("perm", new long[] { 1, 0 }));
        var distance = graph.Node("Add", [graph.Node("Sub", [own, graph.Node("Mul", [dot, graph.Scalar(2f)])]), theirs]);
        return graph.Node("ArgMax", [graph.Node("Neg", [distance])], ("axis", 1L), ("keepdims", 0L));

        string Square(string x) => graph.Node("ReduceSumSquare", [x, graph.Integers(1)], ("keepdims", 1L));
    }
}
