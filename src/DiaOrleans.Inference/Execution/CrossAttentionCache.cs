using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// Cross-attention keys and values of the texts in the slots, [slots, heads, capacity, headDim] a layer. What lies behind the end of a text
/// is never read. In the literal graph a slot has the heads of the conditional row and then those of the unconditional one.
/// </summary>
internal sealed class CrossAttentionCache : IDisposable
{
    private readonly DecoderShape _shape;
    private readonly int _rowsPerSlot;
    private readonly DeviceTensor[] _keys;
    private readonly DeviceTensor[] _values;

    /// <param name="device">Device of the memory.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">The decoder.</param>
    /// <param name="slots">Slots in the batch.</param>
    /// <param name="rowsPerSlot">1: the conditional row alone attends to a text; 2: both rows do, in the literal graph.</param>
    /// <param name="capacity">Text ids of a slot.</param>
    public CrossAttentionCache(Device device, OnnxType type, DecoderShape shape, int slots, int rowsPerSlot, int capacity)
    {
        _shape = shape;
        _rowsPerSlot = rowsPerSlot;
        Capacity = capacity;
        _keys = [.. Enumerable.Range(0, shape.Layers).Select(_ => Layer())];
        _values = [.. Enumerable.Range(0, shape.Layers).Select(_ => Layer())];

        DeviceTensor Layer() => new(device, type, slots, rowsPerSlot * shape.CrossHeads, capacity, shape.CrossHeadDim);
    }

    /// <summary>Text ids of a slot.</summary>
    public int Capacity { get; }

    /// <summary>Bytes of a text id of a slot in all layers.</summary>
    public long IdBytes => 2L * _shape.Layers * _rowsPerSlot * _shape.CrossHeads * _shape.CrossHeadDim * _keys[0].Type.ByteSize();

    /// <summary>
    /// Copies a text into a slot, rounded to the element type; in the literal graph also the unconditional text, which has the same length.
    /// </summary>
    public void Put(int slot, EncodedText text, EncodedText? uncond)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, Capacity);
        Copy(slot * _rowsPerSlot, text);
        if (_rowsPerSlot == 1) return;
        ArgumentNullException.ThrowIfNull(uncond);
        ArgumentOutOfRangeException.ThrowIfNotEqual(uncond.Length, text.Length);
        Copy(slot * _rowsPerSlot + 1, uncond);
    }

    /// <summary>
    /// Binds <paramref name="count"/> slots from <paramref name="first"/> on. Dispose of the result after the last run.
    /// </summary>
    public IDisposable Bind(OrtIoBinding binding, int first, int count)
    {
        var views = new Disposables();
        for (var layer = 0; layer < _shape.Layers; layer++) Bind(binding, layer, View(_keys[layer]), View(_values[layer]));
        return views;

        OrtValue View(DeviceTensor whole) =>
            views.Add(whole.View(first * SlotSize, count, _rowsPerSlot * _shape.CrossHeads, Capacity, _shape.CrossHeadDim));
    }

    /// <summary>Copies the first <paramref name="length"/> text ids of a slot to another slot.</summary>
    public void Copy(int from, int to, int length)
    {
        var stride = (long)Capacity * _shape.CrossHeadDim;
        foreach (var tensor in _keys.Concat(_values))
        {
            var heads = _rowsPerSlot * _shape.CrossHeads;
            tensor.CopyWithin(from * SlotSize, to * SlotSize, heads, (long)length * _shape.CrossHeadDim, stride);
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _keys) tensor.Dispose();
        foreach (var tensor in _values) tensor.Dispose();
    }

    private long SlotSize => (long)_rowsPerSlot * _shape.CrossHeads * Capacity * _shape.CrossHeadDim;

    private void Copy(int row, EncodedText text)
    {
        var stride = (long)Capacity * _shape.CrossHeadDim;
        var offset = row * _shape.CrossHeads * stride;
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            _keys[layer].CopyBlocks(text.Key(layer), _shape.CrossHeads, offset, stride);
            _values[layer].CopyBlocks(text.Value(layer), _shape.CrossHeads, offset, stride);
        }
    }

    private static void Bind(OrtIoBinding binding, int layer, OrtValue key, OrtValue value)
    {
        binding.BindInput(TextEncoderGraph.CrossKey(layer), key);
        binding.BindInput(TextEncoderGraph.CrossValue(layer), value);
    }
}
