namespace DiaOrleans.Inference.Checkpoints;

/// <summary>Shape of the text encoder.</summary>
/// <param name="Layers">Transformer layers.</param>
/// <param name="Hidden">Width of the activations.</param>
/// <param name="Intermediate">Width of the MLP.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="HeadDim">Width of a head.</param>
/// <param name="Vocab">Text ids with an embedding.</param>
/// <param name="MaxPositions">The most text ids.</param>
public sealed record EncoderShape(
    int Layers,
    int Hidden,
    int Intermediate,
    int Heads,
    int HeadDim,
    int Vocab,
    int MaxPositions);

/// <summary>Shape of the decoder.</summary>
/// <param name="Layers">Transformer layers.</param>
/// <param name="Hidden">Width of the activations.</param>
/// <param name="Intermediate">Width of the MLP.</param>
/// <param name="QueryHeads">Query heads of self-attention.</param>
/// <param name="KvHeads">Key-value heads of self-attention.</param>
/// <param name="HeadDim">Width of a self-attention head.</param>
/// <param name="CrossHeads">Heads of cross-attention.</param>
/// <param name="CrossHeadDim">Width of a cross-attention head.</param>
/// <param name="Vocab">Tokens of a channel.</param>
/// <param name="Channels">Channels (codebooks).</param>
/// <param name="MaxPositions">The most rows.</param>
public sealed record DecoderShape(
    int Layers,
    int Hidden,
    int Intermediate,
    int QueryHeads,
    int KvHeads,
    int HeadDim,
    int CrossHeads,
    int CrossHeadDim,
    int Vocab,
    int Channels,
    int MaxPositions);
