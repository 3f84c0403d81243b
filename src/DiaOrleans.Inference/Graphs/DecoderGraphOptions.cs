namespace DiaOrleans.Inference.Graphs;

/// <summary>Options of a decoder graph.</summary>
/// <param name="Capacity">Rows of the self-attention cache.</param>
/// <param name="TopK">Number of candidates that guidance selects.</param>
/// <param name="UncondCross">
/// Each layer's constant cross-attention output of the unconditional row, [layers][hidden]; null builds the literal graph, whose
/// cross-attention runs on both rows.
/// </param>
/// <param name="ByRow">
/// Whether each guidance row is a batch entry of its own, as <see cref="DecoderGraph"/> describes: fewer kernels, whose number decides the
/// time of a step on a GPU. Not for the literal graph.
/// </param>
/// <param name="OnHost">
/// Whether this program computes attention and the choice of candidates (<see cref="Kernels.HostOperators"/>); fp32, and not by row.
/// </param>
/// <param name="NarrowCaches">Whether the caches that this program attends to are in bf16.</param>
internal sealed record DecoderGraphOptions(
    int Capacity,
    int TopK,
    IReadOnlyList<float[]>? UncondCross,
    bool ByRow = false,
    bool OnHost = false,
    bool NarrowCaches = false);
