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

    /// <summary>
    /// Inputs: int64 [1] each, where the part of a block's input starts and where it ends; behind the last block, of the samples.
    /// </summary>
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
        var count = config.UpsamplingRatios.Count;
        string[][] parts = [.. Enumerable.Range(0, count + 1).Select(PartInputs)];
        x = graph.Node("Slice", [x, .. parts[0], graph.Integers(2)]);
        for (var block = 0; block < count - 1; block++)
            x = ops.Block(x, $"decoder.block.{block}", config.UpsamplingRatios[block], parts[block + 1]);

        x = ops.LastBlock(x, $"decoder.block.{count - 1}", config.UpsamplingRatios[^1], parts[count], "decoder.snake1", "decoder.conv2");
        var samples = graph.Cast(graph.Node("Tanh", [x]), activation, OnnxType.Float);
        graph.Output(Samples, samples, OnnxType.Float, "windows", 1, "samples");
        return graph.Build();

        string[] PartInputs(int number) => [.. Part(number).Select(name => graph.Input(name, OnnxType.Int64, 1))];
    }

    /// <summary>
    /// The sum over codebooks of out_proj(codebook[code]): one gather of all codebooks' vectors, then one product with all projections side
    /// by side.
    /// </summary>
    private static string Dequantise(GraphBuilder graph, CodecOps ops, DacCheckpoint codec, string codes)
    {
        var config = codec.Config;
        var count = config.Codebooks;
        var books = graph.Node("Concat", [.. Enumerable.Range(0, count).Select(ops.Codebook)], ("axis", 0L));
        long[] rows = [.. Enumerable.Range(0, count).Select(q => (long)q * config.CodebookSize)];
        var firsts = graph.Node("Reshape", [graph.Integers(rows), graph.Integers(count, 1, 1)]);
        var vectors = graph.Node("Gather", [books, graph.Node("Add", [codes, firsts])]);
        var sides = graph.Node("Transpose", [vectors], ("perm", new long[] { 1, 0, 3, 2 }));
        var joined = graph.Node("Reshape", [sides, graph.Integers(0, (long)count * config.CodebookDim, -1)]);

        var projections = new string[count];
        var bias = "";
        for (var q = 0; q < count; q++)
        {
            var projection = codec.Conv($"quantizer.quantizers.{q}.out_proj");
            projections[q] = graph.Node("Reshape", [ops.Fused(projection), graph.Integers(config.HiddenSize, config.CodebookDim)]);
            var term = graph.Weight(projection.Bias, config.HiddenSize, 1);
            bias = q == 0 ? term : graph.Node("Add", [bias, term]);
        }

        return graph.Node("Add", [graph.Node("MatMul", [graph.Node("Concat", projections, ("axis", 1L)), joined]), bias]);
    }
}
