using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// Prefill and step in one graph; docs/model.md, Decoder and The classic profile. Tokens are [slots, S, channels]; activations are [slots,
/// 2 * S, hidden]: rows 2 s (cond) and 2 s + 1 (uncond) belong to token row s. Candidates and logits are those of the last token row.
/// Self-attention takes both rows of a slot as one batch entry with twice the heads, since GroupQueryAttention extends a cache by several
/// rows in a batch of one only. No operator mixes slots or sums in an order that depends on their number, and attention reads valid keys
/// only: on the CPU, a slot's results are equal to the bit in every batch and with every capacity. Caches and cross-attention inputs have
/// the activation type, or bf16 if the options say so; logits are cast to fp32 before guidance. On the CPU in fp32, operators of this
/// program compute attention and the candidates (<see cref="Kernels.HostOperators"/>): ONNX Runtime's took two thirds of a step of 16
/// slots (bench/README.md).
/// <para>
/// The graph by row takes each guidance row as a batch entry of its own: activations are [entries, S, hidden], and self-attention takes
/// queries, keys and values as one product gives them. A step has both rows of its slots; a pass of several token rows has one guidance row
/// of one slot.
/// </para>
/// </summary>
internal static class DecoderGraph
{
    /// <summary>Input: int64 [slots, S, channels]; by row: [slots, guidance rows * S, channels].</summary>
    public const string Tokens = "tokens";
    /// <summary>Input of the classic profile: int64 [slots, S], positions of the queries of cross-attention.</summary>
    public const string Positions = "positions";
    /// <summary>Input: int32 [slots], the position of the last of the S rows; by row: [slots, guidance rows].</summary>
    public const string LastPosition = "last_position";
    /// <summary>Input: int32 [slots], the last valid key of cross-attention. S is at most that plus 1.</summary>
    public const string LastTextKey = "last_text_key";
    /// <summary>Input in host memory: int32 [1], keys that the cross-attention inputs have room for.</summary>
    public const string TextCapacity = "text_capacity";
    /// <summary>Input: fp32 [slots, 1, 1, 1], the guidance scale.</summary>
    public const string Scale = "scale";
    /// <summary>Input in host memory of the graph by row: int64 [3], [entries, S, -1].</summary>
    public const string RowShape = "row_shape";
    /// <summary>Input in host memory of the graph by row: int64 [4], [slots, guidance rows, channels, vocab].</summary>
    public const string LogitShape = "logit_shape";
    /// <summary>Input of the graph by row: bool [slots, guidance rows, 1, 1], true for the conditional row.</summary>
    public const string IsCond = "is_cond";
    /// <summary>Output: fp32 [slots, 1, channels, vocab], logits of the conditional row.</summary>
    public const string Cond = "cond_logits";
    /// <summary>Output: fp32 [slots, 1, channels, vocab], logits of the unconditional row.</summary>
    public const string Uncond = "uncond_logits";

    /// <summary>Input: a layer's self-attention keys, [slots, 2 * kvHeads, capacity, headDim].</summary>
    public static string PastKey(int layer) => $"past_key.{layer}";

    /// <summary>Input: a layer's self-attention values.</summary>
    public static string PastValue(int layer) => $"past_value.{layer}";

    /// <summary>Output: the keys with the new rows; may be the memory of the input.</summary>
    public static string PresentKey(int layer) => $"present_key.{layer}";

    /// <summary>Output: the values with the new rows; may be the memory of the input.</summary>
    public static string PresentValue(int layer) => $"present_value.{layer}";

    /// <summary>Whether the graph has the input <see cref="Positions"/>.</summary>
    public static bool HasPositions(DiaConfig config) => config.Profile == DiaProfile.Classic;

    /// <summary>The graph of a checkpoint, computed in the float type <paramref name="activation"/>.</summary>
    public static GraphModel Build(DiaCheckpoint checkpoint, DecoderGraphOptions options, OnnxType activation) =>
        new Writer(checkpoint, options, activation).Build();

    private sealed class Writer
    {
        private readonly GraphBuilder _graph;
        private readonly DiaCheckpoint _checkpoint;
        private readonly DecoderGraphOptions _options;
        private readonly DiaConfig _config;
        private readonly DecoderShape _shape;
        private readonly TransformerOps _ops;
        private readonly GuidanceLayout _layout;
        private readonly DecoderSelfAttention _selfAttention;
        private readonly DecoderCrossAttention _crossAttention;

        public Writer(DiaCheckpoint checkpoint, DecoderGraphOptions options, OnnxType activation)
        {
            _graph = new GraphBuilder("decoder", activation);
            _checkpoint = checkpoint;
            _options = options;
            _config = checkpoint.Config;
            _shape = checkpoint.Config.Decoder;
            _ops = new TransformerOps(_graph, checkpoint);
            _layout = new GuidanceLayout(_graph, options.ByRow);
            var rotary = RotaryTable.Add(_graph, options.Capacity, _shape.HeadDim, _config.RopeTheta);
            _selfAttention = new DecoderSelfAttention(_graph, _ops, _layout, _shape, options, rotary);
            _crossAttention = new DecoderCrossAttention(_graph, _ops, _layout, _config, options, rotary);
        }

        private bool ByRow => _options.ByRow;

        public GraphModel Build()
        {
            DeclareInputs();
            var x = Embed();
            var norm = _ops.Norm(x, "decoder.layers.0.pre_sa_norm");
            for (var layer = 0; layer < _shape.Layers; layer++)
            {
                var module = $"decoder.layers.{layer}";
                (x, norm) = _ops.AddNorm(x, _selfAttention.Add(norm, layer), $"{module}.pre_ca_norm");
                (x, norm) = _ops.AddNorm(x, _crossAttention.Add(norm, layer), $"{module}.pre_mlp_norm");
                var mlp = _ops.Mlp(norm, $"{module}.mlp");
                (x, norm) = layer + 1 < _shape.Layers
                    ? _ops.AddNorm(x, mlp, $"decoder.layers.{layer + 1}.pre_sa_norm")
                    : _ops.AddNorm(_layout.LastRows(x), _layout.LastRows(mlp), "decoder.norm");
            }

            Head(norm);
            return _graph.Build();
        }

        private void DeclareInputs()
        {
            _graph.Input(Tokens, OnnxType.Int64, "slots", ByRow ? "all_rows" : "sequence", _shape.Channels);
            if (ByRow) DeclareRowInputs();
            else _graph.Input(LastPosition, OnnxType.Int32, "slots");
            _graph.Input(LastTextKey, OnnxType.Int32, "slots");
            _graph.Input(TextCapacity, OnnxType.Int32, 1);
            _graph.Input(Scale, OnnxType.Float, "slots", 1, 1, 1);
            if (HasPositions(_config)) _graph.Input(Positions, OnnxType.Int64, "slots", "sequence");
        }

        private void DeclareRowInputs()
        {
            _graph.Input(LastPosition, OnnxType.Int32, "slots", "rows");
            _graph.Input(IsCond, OnnxType.Bool, "slots", "rows", 1, 1);
            _graph.Input(RowShape, OnnxType.Int64, 3);
            _graph.Input(LogitShape, OnnxType.Int64, 4);
        }

        /// <summary>
        /// The sum of the channels' embeddings, once a token row, for both of its rows. Sum adds them one after another; ReduceSum's order
        /// depends on the number of rows.
        /// </summary>
        private string Embed()
        {
            var channels = _shape.Channels;
            var vocab = _shape.Vocab;
            var hidden = _shape.Hidden;
            var tables = _checkpoint.AudioEmbeddings;
            var table = tables.Count == 1
                ? _graph.Weight(tables[0], channels * vocab, hidden)
                : _graph.Node("Concat", [.. tables.Select(t => _graph.Weight(t, vocab, hidden))], ("axis", 0L));
            var offsets = _graph.Integers([.. Enumerable.Range(0, channels).Select(c => (long)c * vocab)]);
            var gathered = _graph.Node("Gather", [table, _graph.Node("Add", [Tokens, offsets])], ("axis", 0L));
            string[] each = [.. Enumerable.Range(0, channels).Select(_ => _graph.Fresh("embedding"))];
            _graph.Emit("Split", [gathered], each, "", [("axis", 2L), ("num_outputs", (long)channels)]);
            var sum = _graph.Node("Sum", each);
            return ByRow ? _layout.InRows(sum) : _layout.Fold(_graph.Node("Concat", [sum, sum], ("axis", 2L)), hidden);
        }

        private void Head(string norm)
        {
            var product = TransformerOps.LinearOrNaN(_graph, norm, _checkpoint.Linear("logits_dense"));
            var all = _graph.Cast(product, _graph.Activation, OnnxType.Float);
            var shape = ByRow ? LogitShape : _graph.Integers(0, 2, _shape.Channels, _shape.Vocab);
            var logits = _graph.Node("Reshape", [all, shape]);
            if (ByRow) SplitRows(logits);
            else _graph.Emit("Split", [logits], [Cond, Uncond], "", [("axis", 1L), ("num_outputs", 2L)]);
            _graph.DeclareOutput(Cond, OnnxType.Float, "slots", 1, _shape.Channels, _shape.Vocab);
            _graph.DeclareOutput(Uncond, OnnxType.Float, "slots", 1, _shape.Channels, _shape.Vocab);
            GuidanceHead.Add(_graph, _config, Cond, Uncond, Scale, _options.TopK, _options.OnHost);
        }

        /// <summary>The first and the last guidance row; a pass has one, and nobody reads its logits.</summary>
        private void SplitRows(string logits)
        {
            var axis = _graph.Integers(1);
            _graph.Emit("Slice", [logits, _graph.Integers(0), _graph.Integers(1), axis], [Cond], "", []);
            _graph.Emit("Slice", [logits, _graph.Integers(-1), _graph.Integers(int.MaxValue), axis], [Uncond], "", []);
        }
    }
}
