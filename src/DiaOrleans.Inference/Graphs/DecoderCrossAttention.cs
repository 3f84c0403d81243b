using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Graphs;

/// <summary>Cross-attention of the decoder to the encoded texts.</summary>
internal sealed class DecoderCrossAttention
{
    private readonly GraphBuilder _graph;
    private readonly TransformerOps _ops;
    private readonly GuidanceLayout _layout;
    private readonly DecoderShape _shape;
    private readonly DecoderGraphOptions _options;
    private readonly RotaryTable? _rotary;
    private readonly string _isCond;
    private string? _noKeys;

    /// <param name="graph">The decoder's graph.</param>
    /// <param name="ops">Its operators.</param>
    /// <param name="layout">Of the guidance rows.</param>
    /// <param name="config">The model.</param>
    /// <param name="options">Options of the graph.</param>
    /// <param name="rotary">Of self-attention; the classic profile rotates the queries here too.</param>
    public DecoderCrossAttention(
        GraphBuilder graph,
        TransformerOps ops,
        GuidanceLayout layout,
        DiaConfig config,
        DecoderGraphOptions options,
        RotaryTable rotary)
    {
        _graph = graph;
        _ops = ops;
        _layout = layout;
        _shape = config.Decoder;
        _options = options;
        _isCond = layout.ByRow ? DecoderGraph.IsCond : graph.Booleans([true, false], 1, 1, 2, 1);
        if (!DecoderGraph.HasPositions(config)) return;
        var same = _shape.CrossHeadDim == _shape.HeadDim;
        _rotary = same ? rotary : RotaryTable.Add(graph, options.Capacity, _shape.CrossHeadDim, config.RopeTheta);
    }

    private bool Literal => _options.UncondCross is null;

    /// <summary>
    /// A layer's attention of the conditional rows to their text, with the constant in the place of the unconditional ones; of all rows in
    /// the literal graph.
    /// </summary>
    public string Add(string norm, int layer)
    {
        var module = $"decoder.layers.{layer}.cross_attention";
        var width = _shape.CrossHeads * _shape.CrossHeadDim;
        var query = _ops.Linear(Literal ? norm : _layout.CondRows(norm), $"{module}.q_proj");
        if (Literal) query = _layout.Pair(query, width);
        if (_rotary is not null) query = _ops.Rotate(query, DecoderGraph.Positions, _rotary);
        var attended = AttendToText(query, layer);
        var projected = _ops.Linear(Literal ? _layout.Fold(attended, width) : attended, $"{module}.o_proj");
        if (_options.UncondCross is not { } constants) return projected;

        // [slots, S, 1, hidden], by row [slots, 1, S, hidden], with the constant in the place of the other row.
        var row = _graph.Node("Unsqueeze", [projected, _graph.Integers(_layout.ByRow ? 1 : 2)]);
        var constant = _graph.Constant(constants[layer], 1, 1, 1, _shape.Hidden);
        var both = _graph.Node("Where", [_isCond, row, constant]);
        return _layout.ByRow ? _layout.InRows(both) : _layout.Fold(both, _shape.Hidden);
    }

    /// <summary>
    /// Attention of all queries to the valid keys of the text: a cache that no new key extends, and no causal mask.
    /// </summary>
    private string AttendToText(string query, int layer)
    {
        // Rows of a token row that attend to a text.
        long heads = (Literal ? 2 : 1) * _shape.CrossHeads;
        object[] memory = ["slots", heads, "text", _shape.CrossHeadDim];
        var type = _options.NarrowCaches ? OnnxType.BFloat16 : _graph.Activation;
        string[] text =
        [
            _graph.Input(TextEncoderGraph.CrossKey(layer), type, memory),
            _graph.Input(TextEncoderGraph.CrossValue(layer), type, memory),
            DecoderGraph.LastTextKey,
        ];
        if (_options.OnHost)
            return _graph.Node(CrossAttention.OperatorName(_options.NarrowCaches), HostOperators.Domain, [query, .. text]);
        _noKeys ??= _graph.Node("Slice", [query, _graph.Integers(0), _graph.Integers(0), _graph.Integers(1)]);
        return _graph.Node(
            "GroupQueryAttention",
            GraphBuilder.Microsoft,
            [query, _noKeys, _noKeys, .. text, DecoderGraph.TextCapacity],
            ("num_heads", heads),
            ("kv_num_heads", heads),
            ("scale", 1f),
            ("causal", 0L));
    }
}
