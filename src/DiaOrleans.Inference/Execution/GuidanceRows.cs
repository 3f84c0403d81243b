namespace DiaOrleans.Inference.Execution;

/// <summary>The guidance rows of a slot that one run of the graph by row has.</summary>
/// <param name="AreCond">For each row whether it is the conditional one.</param>
internal sealed record GuidanceRows(params bool[] AreCond)
{
    /// <summary>Both rows: a step.</summary>
    public static GuidanceRows Both { get; } = new(true, false);

    /// <summary>One row, 0 the conditional and 1 the other: a pass of several token rows.</summary>
    public static GuidanceRows One(int row) => new(row == 0);
}
