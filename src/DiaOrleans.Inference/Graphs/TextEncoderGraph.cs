using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// Text ids [1, L] to the encoder's output [1, L, hidden] and every decoder layer's cross-attention keys and values [1, heads, L, headDim];
/// docs/model.md, Text encoder, and The classic profile, which rotates the keys.
/// </summary>
internal static class TextEncoderGraph
{
    /// <summary>Input: text ids, int64 [1, L].</summary>
    public const string Ids = "ids";
    /// <summary>Output: [1, L, hidden].</summary>
    public const string Hidden = "hidden";

    /// <summary>Name of a decoder layer's cross-attention keys.</summary>
    public static string CrossKey(int layer) => $"cross_key.{layer}";

    /// <summary>Name of a decoder layer's cross-attention values.</summary>
    public static string CrossValue(int layer) => $"cross_value.{layer}";

    /// <summary>The graph of a checkpoint, computed in the float type <paramref name="activation"/>, which its outputs have too.</summary>
    public static GraphModel Build(DiaCheckpoint checkpoint, OnnxType activation)
    {
        var config = checkpoint.Config;
        var shape = config.Encoder;
        var graph = new GraphBuilder("text-encoder", activation);
        var ops = new TransformerOps(graph, checkpoint);
        var rotary = RotaryTable.Add(graph, shape.MaxPositions, shape.HeadDim, config.RopeTheta);
        var start = graph.Integers(0);

        var ids = graph.Input(Ids, OnnxType.Int64, 1, "length");
        var x = graph.Node("Gather", [graph.Weight(checkpoint.TextEmbedding, shape.Vocab, shape.Hidden), ids]);
        var norm = ops.Norm(x, "encoder.layers.0.pre_sa_norm");
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var module = $"encoder.layers.{layer}";
            var query = ops.Rotate(ops.Linear(norm, $"{module}.self_attention.q_proj"), start, rotary);
            var key = ops.Rotate(ops.Linear(norm, $"{module}.self_attention.k_proj"), start, rotary);
            var value = ops.Linear(norm, $"{module}.self_attention.v_proj");
            var attended = ops.Linear(ops.Attend(query, key, value, shape.Heads), $"{module}.self_attention.o_proj");
            (x, norm) = ops.AddNorm(x, attended, $"{module}.post_sa_norm");
            var next = layer + 1 < shape.Layers ? $"encoder.layers.{layer + 1}.pre_sa_norm" : "encoder.norm";
            (x, norm) = ops.AddNorm(x, ops.Mlp(norm, $"{module}.mlp"), next);
        }

        graph.Output(Hidden, norm, activation, 1, "length", shape.Hidden);
        AddCrossProjections(graph, ops, config, norm, start);
        return graph.Build();
    }

    private static void AddCrossProjections(GraphBuilder graph, TransformerOps ops, DiaConfig config, string hidden, string start)
    {
        var shape = config.Decoder;
        var classic = config.Profile == DiaProfile.Classic;
        var rotary = classic ? RotaryTable.Add(graph, config.Encoder.MaxPositions, shape.CrossHeadDim, config.RopeTheta) : null;
        var split = graph.Integers(0, 0, shape.CrossHeads, shape.CrossHeadDim);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var module = $"decoder.layers.{layer}.cross_attention";
            var key = ops.Linear(hidden, $"{module}.k_proj");
            Emit(CrossKey(layer), rotary is null ? key : ops.Rotate(key, start, rotary));
            Emit(CrossValue(layer), ops.Linear(hidden, $"{module}.v_proj"));
        }

        void Emit(string output, string flat)
        {
            graph.Emit("Transpose", [graph.Node("Reshape", [flat, split])], [output], "", [("perm", new long[] { 0, 2, 1, 3 })]);
            graph.DeclareOutput(output, graph.Activation, 1, shape.CrossHeads, "length", shape.CrossHeadDim);
        }
    }
}
