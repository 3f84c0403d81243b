namespace DiaOrleans.Inference.Graphs;

/// <summary>What a codec's graph is computed with.</summary>
internal enum CodecOperators
{
    /// <summary>Operators of ONNX alone.</summary>
    Standard,
    /// <summary>Snake by this program, convolutions by ONNX Runtime.</summary>
    Snake,
    /// <summary>Snake and, on few channels, the convolutions around it by this program.</summary>
    Fused,
}
