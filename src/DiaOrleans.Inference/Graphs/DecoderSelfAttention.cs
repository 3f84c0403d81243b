using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// Self-attention of the decoder. As a pair, both guidance rows of a slot are one batch entry with twice the heads, since
/// GroupQueryAttention extends a cache by several rows in a batch of one only.
/// </summary>
internal sealed class DecoderSelfAttention
{
    private readonly GraphBuilder _graph;
    private readonly TransformerOps _ops;
    private readonly GuidanceLayout _layout;
    private readonly DecoderShape _shape;
    private readonly DecoderGraphOptions _options;
    private readonly OnnxType _cacheType;
    private readonly RotaryTable _rotary;
    private readonly string _lastPositions;
    private readonly string _total;

    /// <param name="graph">The decoder's graph.</param>
    /// <param name="ops">Its operators.</param>
    /// <param name="layout">Of the guidance rows.</param>
    /// <param name="shape">The decoder.</param>
    /// <param name="options">Options of the graph.</param>
    /// <param name="rotary">Of queries and keys.</param>
    public DecoderSelfAttention(
        GraphBuilder graph,
        TransformerOps ops,
        GuidanceLayout layout,
        DecoderShape shape,
        DecoderGraphOptions options,
        RotaryTable rotary)
    {
        _graph = graph;
        _ops = ops;
        _layout = layout;
        _shape = shape;
        _options = options;
        _cacheType = options.NarrowCaches ? OnnxType.BFloat16 : graph.Activation;
        _rotary = rotary;
        _lastPositions = layout.ByRow
            ? graph.Node("Reshape", [DecoderGraph.LastPosition, graph.Integers(-1)])
            : DecoderGraph.LastPosition;
        _total = graph.Int32(options.Capacity);
    }

    /// <summary>A layer's attention of all rows to themselves and to those in the cache, which they extend.</summary>
    public string Add(string norm, int layer)
    {
        var module = $"decoder.layers.{layer}.self_attention";
        // Heads of a batch entry, in those of one guidance row.
        var rows = _layout.ByRow ? 1 : 2;
        object[] cache = [_layout.ByRow ? "entries" : "slots", rows * _shape.KvHeads, _options.Capacity, _shape.HeadDim];
        string[] past =
        [
            _graph.Input(DecoderGraph.PastKey(layer), _cacheType, cache),
            _graph.Input(DecoderGraph.PastValue(layer), _cacheType, cache),
        ];
        string[] present = [DecoderGraph.PresentKey(layer), DecoderGraph.PresentValue(layer)];
        var attended = _options.OnHost ? Compute(norm, module, past, present) : Attend(norm, module, rows, past, present);
        foreach (var output in present) _graph.DeclareOutput(output, _cacheType, cache);
        return _ops.Linear(attended, $"{module}.o_proj");
    }

    private string Compute(string norm, string module, string[] past, string[] present)
    {
        string[] rows = [.. new[] { "q_proj", "k_proj", "v_proj" }.Select(part => _ops.Linear(norm, $"{module}.{part}"))];
        var attended = _graph.Fresh("attended");
        _graph.Emit(
            SelfAttention.OperatorName(_options.NarrowCaches),
            [.. rows, .. past, _lastPositions, _rotary.Cos, _rotary.Sin],
            [attended, .. present],
            HostOperators.Domain,
            []);
        return attended;
    }

    private string Attend(string norm, string module, int rows, string[] past, string[] present)
    {
        var attended = _graph.Fresh("attended");
        _graph.Emit(
            "GroupQueryAttention",
            [.. QueryKeyValue(norm, module), .. past, _lastPositions, _total, _rotary.Cos, _rotary.Sin],
            [attended, .. present],
            GraphBuilder.Microsoft,
            [
                ("num_heads", (long)rows * _shape.QueryHeads),
                ("kv_num_heads", (long)rows * _shape.KvHeads),
                ("scale", 1f),
                ("do_rotary", 1L),
                ("rotary_interleaved", 0L),
            ]);
        return _layout.ByRow ? attended : _layout.Fold(attended, _shape.QueryHeads * _shape.HeadDim);
    }

    /// <summary>The first three inputs of self-attention; by row all in the first one.</summary>
    private string[] QueryKeyValue(string norm, string module)
    {
        if (_layout.ByRow) return [_ops.Linear(norm, [$"{module}.q_proj", $"{module}.k_proj", $"{module}.v_proj"]), "", ""];
        return
        [
            _layout.Pair(_ops.Linear(norm, $"{module}.q_proj"), _shape.QueryHeads * _shape.HeadDim),
            _layout.Pair(_ops.Linear(norm, $"{module}.k_proj"), _shape.KvHeads * _shape.HeadDim),
            _layout.Pair(_ops.Linear(norm, $"{module}.v_proj"), _shape.KvHeads * _shape.HeadDim),
        ];
    }
}
