using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// Prefill and step in one graph; spec/model.md 3.6 to 3.9. Tokens are [slots, S, channels]; activations are [slots, 2 * S, hidden]: rows 2
/// s (cond) and 2 s + 1 (uncond) belong to token row s. Candidates and logits are those of the last token row. Self-attention takes both
/// rows of a slot as one batch entry with twice the heads, since GroupQueryAttention extends a cache by several rows in a batch of one
/// only. No operator mixes slots or sums in an order that depends on their number, and attention reads valid keys only: on the CPU, a
/// slot's results are equal to the bit in every batch and with every capacity. Caches and cross-attention inputs have the activation type;
/// logits are cast to fp32 before guidance.
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
        private readonly RotaryTable _rotary;
        private readonly RotaryTable? _crossRotary;
        private readonly string _isCond;
        private readonly string _lastPositions;
        private readonly string _total;
        private string? _noKeys;

        public Writer(DiaCheckpoint checkpoint, DecoderGraphOptions options, OnnxType activation)
        {
            _graph = new GraphBuilder("decoder", activation);
            _checkpoint = checkpoint;
            _options = options;
            _config = checkpoint.Config;
            _shape = checkpoint.Config.Decoder;
            _ops = new TransformerOps(_graph, checkpoint);
            _rotary = RotaryTable.Add(_graph, options.Capacity, _shape.HeadDim, _config.RopeTheta);
            if (HasPositions(_config)) _crossRotary = CrossRotary();
            _isCond = ByRow ? IsCond : _graph.Booleans([true, false], 1, 1, 2, 1);
            _lastPositions = ByRow ? _graph.Node("Reshape", [LastPosition, _graph.Integers(-1)]) : LastPosition;
            _total = _graph.Int32(options.Capacity);
        }

        private bool ByRow => _options.ByRow;

        private bool Literal => _options.UncondCross is null;

        /// <summary>Rows of a token row that attend to a text: the conditional one, or both in the literal graph.</summary>
        private int CrossRows => Literal ? 2 : 1;

        public GraphModel Build()
        {
            DeclareInputs();
            var x = Embed();
            var norm = _ops.Norm(x, "decoder.layers.0.pre_sa_norm");
            for (var layer = 0; layer < _shape.Layers; layer++)
            {
                var module = $"decoder.layers.{layer}";
                (x, norm) = _ops.AddNorm(x, SelfAttention(norm, layer), $"{module}.pre_ca_norm");
                (x, norm) = _ops.AddNorm(x, CrossAttention(norm, layer), $"{module}.pre_mlp_norm");
                var mlp = _ops.Mlp(norm, $"{module}.mlp");
                (x, norm) = layer + 1 < _shape.Layers
                    ? _ops.AddNorm(x, mlp, $"decoder.layers.{layer + 1}.pre_sa_norm")
                    : _ops.AddNorm(LastRows(x), LastRows(mlp), "decoder.norm");
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
            if (_crossRotary is not null) _graph.Input(Positions, OnnxType.Int64, "slots", "sequence");
        }

        private void DeclareRowInputs()
        {
            _graph.Input(LastPosition, OnnxType.Int32, "slots", "rows");
            _graph.Input(IsCond, OnnxType.Bool, "slots", "rows", 1, 1);
            _graph.Input(RowShape, OnnxType.Int64, 3);
            _graph.Input(LogitShape, OnnxType.Int64, 4);
        }

        private RotaryTable CrossRotary() => _shape.CrossHeadDim == _shape.HeadDim
            ? _rotary
            : RotaryTable.Add(_graph, _options.Capacity, _shape.CrossHeadDim, _config.RopeTheta);

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
            return ByRow ? InRows(sum) : Fold(_graph.Node("Concat", [sum, sum], ("axis", 2L)), hidden);
        }

        private string SelfAttention(string norm, int layer)
        {
            var module = $"decoder.layers.{layer}.self_attention";
            // Heads of a batch entry, in those of one guidance row.
            var rows = ByRow ? 1 : 2;
            object[] cache = [ByRow ? "entries" : "slots", rows * _shape.KvHeads, _options.Capacity, _shape.HeadDim];
            var attended = _graph.Fresh("attended");
            _graph.Emit(
                "GroupQueryAttention",
                [
                    .. QueryKeyValue(norm, module),
                    _graph.Input(PastKey(layer), _graph.Activation, cache),
                    _graph.Input(PastValue(layer), _graph.Activation, cache),
                    _lastPositions,
                    _total,
                    _rotary.Cos,
                    _rotary.Sin,
                ],
                [attended, PresentKey(layer), PresentValue(layer)],
                GraphBuilder.Microsoft,
                [
                    ("num_heads", (long)rows * _shape.QueryHeads),
                    ("kv_num_heads", (long)rows * _shape.KvHeads),
                    ("scale", 1f),
                    ("do_rotary", 1L),
                    ("rotary_interleaved", 0L),
                ]);
            _graph.DeclareOutput(PresentKey(layer), _graph.Activation, cache);
            _graph.DeclareOutput(PresentValue(layer), _graph.Activation, cache);
            return _ops.Linear(ByRow ? attended : Fold(attended, _shape.QueryHeads * _shape.HeadDim), $"{module}.o_proj");
        }

        /// <summary>The first three inputs of self-attention; by row all in the first one.</summary>
        private string[] QueryKeyValue(string norm, string module)
        {
            if (ByRow) return [_ops.Linear(norm, [$"{module}.q_proj", $"{module}.k_proj", $"{module}.v_proj"]), "", ""];
            return
            [
                Pair(_ops.Linear(norm, $"{module}.q_proj"), _shape.QueryHeads * _shape.HeadDim),
                Pair(_ops.Linear(norm, $"{module}.k_proj"), _shape.KvHeads * _shape.HeadDim),
                Pair(_ops.Linear(norm, $"{module}.v_proj"), _shape.KvHeads * _shape.HeadDim),
            ];
        }

        private string CrossAttention(string norm, int layer)
        {
            var module = $"decoder.layers.{layer}.cross_attention";
            var width = _shape.CrossHeads * _shape.CrossHeadDim;
            var query = _ops.Linear(Literal ? norm : CondRows(norm), $"{module}.q_proj");
            if (Literal) query = Pair(query, width);
            if (_crossRotary is not null) query = _ops.Rotate(query, Positions, _crossRotary);
            var attended = AttendToText(query, layer);
            var projected = _ops.Linear(Literal ? Fold(attended, width) : attended, $"{module}.o_proj");
            if (_options.UncondCross is not { } constants) return projected;

            // [slots, S, 1, hidden], by row [slots, 1, S, hidden], with the constant in the place of the other row.
            var row = _graph.Node("Unsqueeze", [projected, _graph.Integers(ByRow ? 1 : 2)]);
            var constant = _graph.Constant(constants[layer], 1, 1, 1, _shape.Hidden);
            var both = _graph.Node("Where", [_isCond, row, constant]);
            return ByRow ? InRows(both) : Fold(both, _shape.Hidden);
        }

        /// <summary>
        /// Attention of all queries to the valid keys of the text: a cache that no new key extends, and no causal mask.
        /// </summary>
        private string AttendToText(string query, int layer)
        {
            long heads = CrossRows * _shape.CrossHeads;
            object[] memory = ["slots", heads, "text", _shape.CrossHeadDim];
            _noKeys ??= _graph.Node("Slice", [query, _graph.Integers(0), _graph.Integers(0), _graph.Integers(1)]);
            return _graph.Node(
                "GroupQueryAttention",
                GraphBuilder.Microsoft,
                [
                    query,
                    _noKeys,
                    _noKeys,
                    _graph.Input(TextEncoderGraph.CrossKey(layer), _graph.Activation, memory),
                    _graph.Input(TextEncoderGraph.CrossValue(layer), _graph.Activation, memory),
                    LastTextKey,
                    TextCapacity,
                ],
                ("num_heads", heads),
                ("kv_num_heads", heads),
                ("scale", 1f),
                ("causal", 0L));
        }

        /// <summary>[slots, 2 * S, width] as [slots, S, 2 * width].</summary>
        private string Pair(string x, long width) => _graph.Node("Reshape", [x, _graph.Integers(0, -1, 2 * width)]);

        /// <summary>[slots, S, 2 * width] or [slots, S, 2, width] as [slots, 2 * S, width].</summary>
        private string Fold(string pairs, long width) => _graph.Node("Reshape", [pairs, _graph.Integers(0, -1, width)]);

        /// <summary>Any tensor of [entries, S, width] with other dimensions before the width.</summary>
        private string InRows(string x) => _graph.Node("Reshape", [x, RowShape]);

        /// <summary>Rows 0, 2, 4 and so on of [slots, 2 * S, hidden]; by row entries 0, 2, 4 and so on.</summary>
        private string CondRows(string x)
        {
            var axis = ByRow ? 0 : 1;
            return _graph.Node("Slice", [x, _graph.Integers(0), _graph.Integers(int.MaxValue), _graph.Integers(axis), _graph.Integers(2)]);
        }

        /// <summary>The last two of [slots, 2 * S, hidden]; by row the last of each entry.</summary>
        private string LastRows(string x) =>
            _graph.Node("Slice", [x, _graph.Integers(ByRow ? -1 : -2), _graph.Integers(int.MaxValue), _graph.Integers(1)]);

        private void Head(string norm)
        {
            var all = _graph.Cast(_ops.Linear(norm, "logits_dense"), _graph.Activation, OnnxType.Float);
            var shape = ByRow ? LogitShape : _graph.Integers(0, 2, _shape.Channels, _shape.Vocab);
            var logits = _graph.Node("Reshape", [all, shape]);
            if (ByRow) SplitRows(logits);
            else _graph.Emit("Split", [logits], [Cond, Uncond], "", [("axis", 1L), ("num_outputs", 2L)]);
            _graph.DeclareOutput(Cond, OnnxType.Float, "slots", 1, _shape.Channels, _shape.Vocab);
            _graph.DeclareOutput(Uncond, OnnxType.Float, "slots", 1, _shape.Channels, _shape.Vocab);
            GuidanceHead.Add(_graph, _config, Cond, Uncond, Scale, _options.TopK);
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
