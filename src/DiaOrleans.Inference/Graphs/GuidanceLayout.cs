namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// Where the two guidance rows of a slot are in the decoder's activations. As a pair: rows 2 s and 2 s + 1 of the slot's batch entry belong
/// to token row s. By row: each guidance row is a batch entry of its own.
/// </summary>
internal sealed class GuidanceLayout(GraphBuilder graph, bool byRow)
{
    /// <summary>Whether each guidance row is a batch entry.</summary>
    public bool ByRow => byRow;

    /// <summary>[slots, 2 * S, width] as [slots, S, 2 * width].</summary>
    public string Pair(string x, long width) => graph.Node("Reshape", [x, graph.Integers(0, -1, 2 * width)]);

    /// <summary>[slots, S, 2 * width] or [slots, S, 2, width] as [slots, 2 * S, width].</summary>
    public string Fold(string pairs, long width) => graph.Node("Reshape", [pairs, graph.Integers(0, -1, width)]);

    /// <summary>Any tensor of [entries, S, width] with other dimensions before the width.</summary>
    public string InRows(string x) => graph.Node("Reshape", [x, DecoderGraph.RowShape]);

    /// <summary>Rows 0, 2, 4 and so on of [slots, 2 * S, hidden]; by row entries 0, 2, 4 and so on.</summary>
    public string CondRows(string x)
    {
        var axis = byRow ? 0 : 1;
        return graph.Node("Slice", [x, graph.Integers(0), graph.Integers(int.MaxValue), graph.Integers(axis), graph.Integers(2)]);
    }

    /// <summary>The last two of [slots, 2 * S, hidden]; by row the last of each entry.</summary>
    public string LastRows(string x) =>
        graph.Node("Slice", [x, graph.Integers(byRow ? -1 : -2), graph.Integers(int.MaxValue), graph.Integers(1)]);
}
