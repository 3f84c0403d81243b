using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// One text as the decoder's cross-attention reads it, on the device. Its tensors are parts of one allocation, because a GPU's allocations
/// take long and hold up its other work.
/// </summary>
internal sealed class EncodedText : IDisposable
{
    // Elements; each part begins at the alignment of CUDA's own allocations, 256 bytes, or more.
    private const long Alignment = 128;

    private readonly DeviceTensor _memory;
    private readonly DeviceTensor[] _keys;
    private readonly DeviceTensor[] _values;

    /// <summary>Allocates the tensors of a text of <paramref name="length"/> ids.</summary>
    public EncodedText(ExecutionTarget target, DiaConfig config, int length)
    {
        var shape = config.Decoder;
        Length = length;
        var hidden = Aligned((long)length * config.Encoder.Hidden);
        var part = Aligned((long)shape.CrossHeads * length * shape.CrossHeadDim);
        _memory = new DeviceTensor(target.Device, target.Precision.Activation, hidden + 2 * shape.Layers * part);
        Hidden = new DeviceTensor(_memory, 0, 1, length, config.Encoder.Hidden);
        _keys = [.. Enumerable.Range(0, shape.Layers).Select(layer => Part(2 * layer))];
        _values = [.. Enumerable.Range(0, shape.Layers).Select(layer => Part(2 * layer + 1))];

        DeviceTensor Part(int index) => new(_memory, hidden + index * part, 1, shape.CrossHeads, length, shape.CrossHeadDim);
    }

    /// <summary>Number of text ids.</summary>
    public int Length { get; }

    /// <summary>Encoder output, [1, length, hidden].</summary>
    public DeviceTensor Hidden { get; }

    /// <summary>Keys of one decoder layer, [1, heads, length, headDim].</summary>
    public DeviceTensor Key(int layer) => _keys[layer];

    /// <summary>Values of one decoder layer, [1, heads, length, headDim].</summary>
    public DeviceTensor Value(int layer) => _values[layer];

    /// <summary>Binds all outputs of the text encoder.</summary>
    public void BindOutputs(OrtIoBinding binding)
    {
        binding.BindOutput(TextEncoderGraph.Hidden, Hidden.Value);
        for (var layer = 0; layer < _keys.Length; layer++)
        {
            binding.BindOutput(TextEncoderGraph.CrossKey(layer), _keys[layer].Value);
            binding.BindOutput(TextEncoderGraph.CrossValue(layer), _values[layer].Value);
        }
    }

    public void Dispose()
    {
        Hidden.Dispose();
        foreach (var tensor in _keys) tensor.Dispose();
        foreach (var tensor in _values) tensor.Dispose();
        _memory.Dispose();
    }

    private static long Aligned(long elements) => (elements + Alignment - 1) / Alignment * Alignment;
}
