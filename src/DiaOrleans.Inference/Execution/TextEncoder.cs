using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>Runs the text encoder, one text at a time, at its exact length.</summary>
internal sealed class TextEncoder(InferenceSession session, int decoderLayers) : IDisposable
{
    private static readonly string[] InputNames = [TextEncoderGraph.Ids];

    private readonly string[] _outputs =
    [
        TextEncoderGraph.Hidden,
        .. Enumerable.Range(0, decoderLayers).SelectMany(l => new[] { TextEncoderGraph.CrossKey(l), TextEncoderGraph.CrossValue(l) }),
    ];

    public EncodedText Encode(ReadOnlySpan<int> ids)
    {
        var wide = new long[ids.Length];
        for (var i = 0; i < ids.Length; i++) wide[i] = ids[i];
        using var input = OrtValue.CreateTensorValueFromMemory(wide, [1, wide.Length]);
        using var options = new RunOptions();
        return new EncodedText(session.Run(options, InputNames, [input], _outputs), wide.Length);
    }

    public void Dispose() => session.Dispose();
}

/// <summary>What the decoder's cross-attention reads of one text.</summary>
internal sealed class EncodedText(IDisposableReadOnlyCollection<OrtValue> outputs, int length) : IDisposable
{
    /// <summary>Text ids.</summary>
    public int Length => length;

    /// <summary>Encoder output [1, length, hidden].</summary>
    public OrtValue Hidden => outputs[0];

    /// <summary>Keys of one decoder layer, [1, heads, length, headDim].</summary>
    public OrtValue Key(int layer) => outputs[1 + 2 * layer];

    /// <summary>Values of one decoder layer, [1, heads, length, headDim].</summary>
    public OrtValue Value(int layer) => outputs[2 + 2 * layer];

    public void Dispose() => outputs.Dispose();
}
