using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// Codes [codebooks, windows, frames] to fp32 samples [windows, 1, samples]; docs/model.md, Codec: blocks and Codec: quantiser. Each block
/// of the decoder reads a part of its input along the time axis, which the caller chooses.
/// </summary>
internal static class CodecDecoderGraph
{
    /// <summary>Input: int64 [codebooks, windows, frames].</summary>
    public const string Codes = "codes";
    /// <summary>Output: fp32 [windows, 1, samples].</summary>
    public const string Samples = "samples";

    /// <summary>Inputs: int64 [1] each, where the part of a block's input starts and where it ends.</summary>
    public static string[] Part(int block) => [$"part_start_{block}", $"part_end_{block}"];

    /// <summary>The graph of a codec.</summary>
    /// <param name="codec">The codec.</param>
    /// <param name="activation">Float type that it is computed in.</param>
    /// <param name="operators">What its sessions compute it with; only in fp32.</param>
    public static GraphModel Build(DacCheckpoint codec, OnnxType activation, CodecOperators operators)
    {
        var config = codec.Config;
        var graph = new GraphBuilder("codec-decoder", activation);
        var ops = new CodecOps(graph, codec, activation == OnnxType.Float ? operators : CodecOperators.Standard);
        var codes = graph.Input(Codes, OnnxType.Int64, config.Codebooks, "windows", "frames");

        var x = ops.Convolve(Dequantise(graph, ops, codec, codes), "decoder.conv1", pad: 3);
        for (var block = 0; block < config.UpsamplingRatios.Count; block++)
        {
            var module = $"decoder.block.{block}";
            x = graph.Node("Slice", [x, .. Part(block).Select(name => graph.Input(name, OnnxType.Int64, 1)), graph.Integers(2)]);
            x = ops.Upsample(ops.Snake(x, $"{module}.snake1"), $"{module}.conv_t1", config.UpsamplingRatios[block]);
            x = ops.ResidualUnits(x, module);
        }

        x = ops.Last(x, "decoder.snake1", "decoder.conv2");
        var samples = graph.Cast(graph.Node("Tanh", [x]), activation, OnnxType.Float);
        graph.Output(Samples, samples, OnnxType.Float, "windows", 1, "samples");
        return graph.Build();
    }

    /// <summary>
    /// The sum over codebooks of out_proj(codebook[code]): one gather a codebook, then one product with all projections side by side.
    /// </summary>
    private static string Dequantise(GraphBuilder graph, CodecOps ops, DacCheckpoint codec, string codes)
    {
        var config = codec.Config;
        var vectors = new string[config.Codebooks];
        var projections = new string[config.Codebooks];
        var bias = "";
        for (var q = 0; q < config.Codebooks; q++)
        {
            var index = graph.Node("Gather", [codes, graph.Integer(q)], ("axis", 0L));
            vectors[q] = graph.Node("Transpose", [graph.Node("Gather", [ops.Codebook(q), index])], ("perm", new long[] { 0, 2, 1 }));
            var projection = codec.Conv($"quantizer.quantizers.{q}.out_proj");
            projections[q] = graph.Node("Reshape", [ops.Fused(projection), graph.Integers(config.HiddenSize, config.CodebookDim)]);
            var term = graph.Weight(projection.Bias, config.HiddenSize, 1);
            bias = q == 0 ? term : graph.Node("Add", [bias, term]);
        }

        var product = graph.Node("MatMul", [graph.Node("Concat", projections, ("axis", 1L)), graph.Node("Concat", vectors, ("axis", 1L))]);
        return graph.Node("Add", [product, bias]);
    }
}
