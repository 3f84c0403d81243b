using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// Prefill and step in one graph; spec/model.md 3.6 to 3.9. Tokens [slots, S, channels] become rows 2i (cond) and 2i + 1 (uncond) of every
/// layer, so that a slot's cache [2, kvHeads, capacity, headDim] is contiguous. Candidates and logits are those of the last of the S rows.
/// Caches and cross-attention inputs have the activation type; logits are cast to fp32 before guidance.
/// </summary>
internal static class DecoderGraph
{
    /// <summary>Input: int64 [slots, S, channels].</summary>
    public const string Tokens = "tokens";
    /// <summary>Input of the classic profile: int64 [slots or rows, S], positions of the queries of cross-attention.</summary>
    public const string Positions = "positions";
    /// <summary>Input in host memory: int64 [3], rows, S and hidden.</summary>
    public const string RowShape = "row_shape";
    /// <summary>Input: int32 [rows], the position of the last of the S rows.</summary>
    public const string LastPosition = "last_position";
    /// <summary>Input in host memory: int32 [1], the largest last position plus 1.</summary>
    public const string TotalLength = "total_length";
    /// <summary>Input: int32 [slots or rows], valid cross-attention keys.</summary>
    public const string TextLengths = "text_lengths";
    /// <summary>Input: fp32 [slots, 1, 1, 1], the guidance scale.</summary>
    public const string Scale = "scale";
    /// <summary>Output: fp32 [slots, 1, channels, vocab], logits of the conditional row.</summary>
    public const string Cond = "cond_logits";
    /// <summary>Output: fp32 [slots, 1, channels, vocab], logits of the unconditional row.</summary>
    public const string Uncond = "uncond_logits";

    /// <summary>Input: a layer's self-attention keys, [rows, kvHeads, capacity, headDim].</summary>
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
        private readonly string _condOnly;

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
            _condOnly = _graph.Constant([1f, 0f], 1, 2, 1, 1);
        }

        private bool Literal => _options.UncondCross is null;

        /// <summary>Axis of the inputs of cross-attention: conditional rows alone, or both rows.</summary>
        private string CrossRows => Literal ? "rows" : "slots";

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
                    : _ops.AddNorm(LastRow(x), LastRow(mlp), "decoder.norm");
            }

            Head(norm);
            return _graph.Build();
        }

        private void DeclareInputs()
        {
            _graph.Input(Tokens, OnnxType.Int64, "slots", "sequence", _shape.Channels);
            _graph.Input(RowShape, OnnxType.Int64, 3);
            _graph.Input(LastPosition, OnnxType.Int32, "rows");
            _graph.Input(TotalLength, OnnxType.Int32, 1);
            _graph.Input(TextLengths, OnnxType.Int32, CrossRows);
            _graph.Input(Scale, OnnxType.Float, "slots", 1, 1, 1);
            if (_crossRotary is not null) _graph.Input(Positions, OnnxType.Int64, CrossRows, "sequence");
        }

        private RotaryTable CrossRotary() => _shape.CrossHeadDim == _shape.HeadDim
            ? _rotary
            : RotaryTable.Add(_graph, _options.Capacity, _shape.CrossHeadDim, _config.RopeTheta);

        /// <summary>The sum of the channels' embeddings, once a slot, for both of its rows.</summary>
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
            var sum = _graph.Node("ReduceSum", [gathered, _graph.Integers(2)], ("keepdims", 0L));
            var one = _graph.Node("Unsqueeze", [sum, _graph.Integers(1)]);
            return Rows(_graph.Node("Concat", [one, one], ("axis", 1L)));
        }

        private string SelfAttention(string norm, int layer)
        {
            var module = $"decoder.layers.{layer}.self_attention";
            object[] cache = ["rows", _shape.KvHeads, _options.Capacity, _shape.HeadDim];
            var attended = _graph.Fresh("attended");
            _graph.Emit(
                "GroupQueryAttention",
                [
                    _ops.Linear(norm, $"{module}.q_proj"),
                    _ops.Linear(norm, $"{module}.k_proj"),
                    _ops.Linear(norm, $"{module}.v_proj"),
                    _graph.Input(PastKey(layer), _graph.Activation, cache),
                    _graph.Input(PastValue(layer), _graph.Activation, cache),
                    LastPosition,
                    TotalLength,
                    _rotary.Cos,
                    _rotary.Sin,
                ],
                [attended, PresentKey(layer), PresentValue(layer)],
                GraphBuilder.Microsoft,
                [
                    ("num_heads", (long)_shape.QueryHeads),
                    ("kv_num_heads", (long)_shape.KvHeads),
                    ("scale", 1f),
                    ("do_rotary", 1L),
                    ("rotary_interleaved", 0L),
                ]);
            _graph.DeclareOutput(PresentKey(layer), _graph.Activation, cache);
            _graph.DeclareOutput(PresentValue(layer), _graph.Activation, cache);
            return _ops.Linear(attended, $"{module}.o_proj");
        }

        private string CrossAttention(string norm, int layer)
        {
            var module = $"decoder.layers.{layer}.cross_attention";
            object[] memory = [CrossRows, _shape.CrossHeads, "text", _shape.CrossHeadDim];
            var key = _graph.Input(TextEncoderGraph.CrossKey(layer), _graph.Activation, memory);
            var value = _graph.Input(TextEncoderGraph.CrossValue(layer), _graph.Activation, memory);

            var query = _ops.Linear(Literal ? norm : CondRows(norm), $"{module}.q_proj");
            if (_crossRotary is not null) query = _ops.Rotate(query, Positions, _crossRotary);
            var attended = _ops.Linear(_ops.Attend(query, key, value, _shape.CrossHeads, TextLengths), $"{module}.o_proj");
            if (_options.UncondCross is not { } constants) return attended;

            var constant = _graph.Constant([.. new float[_shape.Hidden], .. constants[layer]], 1, 2, 1, _shape.Hidden);
            var cond = _graph.Node("Mul", [_graph.Node("Unsqueeze", [attended, _graph.Integers(1)]), _condOnly]);
            return Rows(_graph.Node("Add", [cond, constant]));
        }

        /// <summary>[slots, 2, S, hidden] as [rows, S, hidden].</summary>
        private string Rows(string pairs) => _graph.Node("Reshape", [pairs, RowShape]);

        /// <summary>Rows 0, 2, 4 and so on of [rows, S, hidden].</summary>
        private string CondRows(string x) =>
            _graph.Node("Slice", [x, _graph.Integers(0), _graph.Integers(int.MaxValue), _graph.Integers(0), _graph.Integers(2)]);

        private string LastRow(string x) =>
            _graph.Node("Slice", [x, _graph.Integers(-1), _graph.Integers(int.MaxValue), _graph.Integers(1)]);

        private void Head(string norm)
        {
            var all = _graph.Cast(_ops.Linear(norm, "logits_dense"), _graph.Activation, OnnxType.Float);
            var logits = _graph.Node("Reshape", [all, _graph.Integers(-1, 2, _shape.Channels, _shape.Vocab)]);
            _graph.Emit("Split", [logits], [Cond, Uncond], "", [("axis", 1L), ("num_outputs", 2L)]);
            _graph.DeclareOutput(Cond, OnnxType.Float, "slots", 1, _shape.Channels, _shape.Vocab);
            _graph.DeclareOutput(Uncond, OnnxType.Float, "slots", 1, _shape.Channels, _shape.Vocab);
            GuidanceHead.Add(_graph, _config, Cond, Uncond, Scale, _options.TopK);
        }
    }
}
