using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Graphs;

/// <summary>How a decoder graph is built.</summary>
/// <param name="Capacity">Rows of the self-attention cache.</param>
/// <param name="TopK">How many candidates guidance selects.</param>
/// <param name="UncondCross">Each layer's constant cross-attention output of the unconditional row, [layers][hidden]; null builds the literal graph, whose cross-attention runs on both rows.</param>
internal sealed record DecoderGraphOptions(int Capacity, int TopK, IReadOnlyList<float[]>? UncondCross);

/// <summary>
/// Prefill and step in one graph; spec/model.md 3.6 to 3.9. Tokens [slots, S, channels] become rows 2i (cond) and 2i + 1 (uncond) of every layer, so that a
/// slot's cache [2, kvHeads, capacity, headDim] is contiguous. Candidates and logits are those of the last of the S rows.
/// </summary>
internal static class DecoderGraph
{
    public const string Tokens = "tokens";
    public const string Positions = "positions";
    public const string RowShape = "row_shape";
    public const string LastPosition = "last_position";
    public const string TotalLength = "total_length";
    public const string TextLengths = "text_lengths";
    public const string Scale = "scale";
    public const string Cond = "cond_logits";
    public const string Uncond = "uncond_logits";

    public static string PastKey(int layer) => $"past_key.{layer}";

    public static string PastValue(int layer) => $"past_value.{layer}";

    public static string PresentKey(int layer) => $"present_key.{layer}";

    public static string PresentValue(int layer) => $"present_value.{layer}";

    public static GraphModel Build(DiaCheckpoint checkpoint, DecoderGraphOptions options) => new Writer(checkpoint, options).Build();

    private sealed class Writer
    {
        private readonly GraphBuilder _graph = new("decoder");
        private readonly DiaCheckpoint _checkpoint;
        private readonly DecoderGraphOptions _options;
        private readonly DiaConfig _config;
        private readonly DecoderShape _shape;
        private readonly TransformerOps _ops;
        private readonly RotaryTable _rotary;
        private readonly RotaryTable? _crossRotary;
        private readonly string _condOnly;

        public Writer(DiaCheckpoint checkpoint, DecoderGraphOptions options)
        {
            (_checkpoint, _options, _config, _shape) = (checkpoint, options, checkpoint.Config, checkpoint.Config.Decoder);
            _ops = new TransformerOps(_graph, checkpoint);
            _rotary = RotaryTable.Add(_graph, options.Capacity, _shape.HeadDim, _config.RopeTheta);
            if (_config.Profile == DiaProfile.Classic)
                _crossRotary = _shape.CrossHeadDim == _shape.HeadDim ? _rotary : RotaryTable.Add(_graph, options.Capacity, _shape.CrossHeadDim, _config.RopeTheta);
            _condOnly = _graph.Constant([1f, 0f], 1, 2, 1, 1);
        }

        private bool Literal => _options.UncondCross is null;

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
            _graph.Input(TextLengths, OnnxType.Int32, Literal ? "rows" : "slots");
            _graph.Input(Scale, OnnxType.Float, "slots", 1, 1, 1);
            if (_crossRotary is not null) _graph.Input(Positions, OnnxType.Int64, Literal ? "rows" : "slots", "sequence");
        }

        /// <summary>The sum of the channels' embeddings, once a slot, for both of its rows.</summary>
        private string Embed()
        {
            var (channels, vocab, hidden) = (_shape.Channels, _shape.Vocab, _shape.Hidden);
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
                    _graph.Input(PastKey(layer), OnnxType.Float, cache),
                    _graph.Input(PastValue(layer), OnnxType.Float, cache),
                    LastPosition,
                    TotalLength,
                    _rotary.Cos,
                    _rotary.Sin,
                ],
                [attended, PresentKey(layer), PresentValue(layer)],
                GraphBuilder.Microsoft,
                [("num_heads", (long)_shape.QueryHeads), ("kv_num_heads", (long)_shape.KvHeads), ("scale", 1f), ("do_rotary", 1L), ("rotary_interleaved", 0L)]);
            _graph.DeclareOutput(PresentKey(layer), OnnxType.Float, cache);
            _graph.DeclareOutput(PresentValue(layer), OnnxType.Float, cache);
            return _ops.Linear(attended, $"{module}.o_proj");
        }

        private string CrossAttention(string norm, int layer)
        {
            var module = $"decoder.layers.{layer}.cross_attention";
            object[] memory = [Literal ? "rows" : "slots", _shape.CrossHeads, "text", _shape.CrossHeadDim];
            var key = _graph.Input(TextEncoderGraph.CrossKey(layer), OnnxType.Float, memory);
            var value = _graph.Input(TextEncoderGraph.CrossValue(layer), OnnxType.Float, memory);

            var asking = Literal ? norm : _graph.Node("Slice", [norm, _graph.Integers(0), _graph.Integers(int.MaxValue), _graph.Integers(0), _graph.Integers(2)]);
            var query = _ops.Linear(asking, $"{module}.q_proj");
            if (_crossRotary is not null) query = _ops.Rotate(query, Positions, _crossRotary);
            var attended = _ops.Linear(_ops.Attend(query, key, value, _shape.CrossHeads, TextLengths), $"{module}.o_proj");
            if (_options.UncondCross is not { } constants) return attended;

            var constant = _graph.Constant([.. new float[_shape.Hidden], .. constants[layer]], 1, 2, 1, _shape.Hidden);
            var cond = _graph.Node("Mul", [_graph.Node("Unsqueeze", [attended, _graph.Integers(1)]), _condOnly]);
            return Rows(_graph.Node("Add", [cond, constant]));
        }

        /// <summary>[slots, 2, S, hidden] as [rows, S, hidden].</summary>
        private string Rows(string pairs) => _graph.Node("Reshape", [pairs, RowShape]);

        private string LastRow(string x) => _graph.Node("Slice", [x, _graph.Integers(-1), _graph.Integers(int.MaxValue), _graph.Integers(1)]);

        private void Head(string norm)
        {
            var logits = _graph.Node("Reshape", [_ops.Linear(norm, "logits_dense"), _graph.Integers(-1, 2, _shape.Channels, _shape.Vocab)]);
            _graph.Emit("Split", [logits], [Cond, Uncond], "", [("axis", 1L), ("num_outputs", 2L)]);
            _graph.DeclareOutput(Cond, OnnxType.Float, "slots", 1, _shape.Channels, _shape.Vocab);
            _graph.DeclareOutput(Uncond, OnnxType.Float, "slots", 1, _shape.Channels, _shape.Vocab);
            GuidanceHead.Add(_graph, _config, Cond, Uncond, Scale, _options.TopK);
        }
    }
}
