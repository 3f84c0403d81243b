using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// Cross-attention keys and values of the texts in the slots. A single slot binds the text encoder's own tensors, at the text's exact
/// length; several slots copy theirs into one buffer, right-padded to its capacity and masked by length.
/// </summary>
internal sealed class CrossAttentionCache : IDisposable
{
    private readonly DecoderShape _shape;
    private readonly int _rowsPerSlot;
    private readonly int? _capacity;
    private readonly DeviceTensor[] _keys = [];
    private readonly DeviceTensor[] _values = [];
    private EncodedText? _only;

    /// <param name="target">Its device, and the precision that gives its element type.</param>
    /// <param name="shape">The decoder.</param>
    /// <param name="slots">Slots in the batch.</param>
    /// <param name="rowsPerSlot">1: conditional rows alone attend to a text; 2: both rows do, in the literal graph.</param>
    /// <param name="capacity">Text ids of a slot; null for a single slot at the text's exact length.</param>
    public CrossAttentionCache(ExecutionTarget target, DecoderShape shape, int slots, int rowsPerSlot, int? capacity)
    {
        if (capacity is null && slots * rowsPerSlot > 1) throw new ArgumentException("Several rows need a capacity.", nameof(capacity));
        _shape = shape;
        _rowsPerSlot = rowsPerSlot;
        _capacity = capacity;
        if (capacity is not { } length) return;
        _keys = [.. Enumerable.Range(0, shape.Layers).Select(_ => Layer())];
        _values = [.. Enumerable.Range(0, shape.Layers).Select(_ => Layer())];

        DeviceTensor Layer() =>
            new(target.Device, target.Precision.Activation, slots * rowsPerSlot, shape.CrossHeads, length, shape.CrossHeadDim);
    }

    /// <summary>Rows of a slot that attend to a text.</summary>
    public int RowsPerSlot => _rowsPerSlot;

    /// <summary>Puts a text into a slot; true if the cache must be bound again. The text must live until the slot's next one.</summary>
    public bool Put(int slot, EncodedText text, EncodedText? uncond)
    {
        if (_capacity is not { } capacity)
        {
            _only = text;
            return true;
        }

        Copy(slot * _rowsPerSlot, text, capacity);
        if (_rowsPerSlot > 1) Copy(slot * _rowsPerSlot + 1, uncond!, capacity);
        return false;
    }

    /// <summary>Binds all slots.</summary>
    public void Bind(OrtIoBinding binding)
    {
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            if (_capacity is not null) Bind(binding, layer, _keys[layer].Value, _values[layer].Value);
            else if (_only is not null) Bind(binding, layer, _only.Key(layer).Value, _only.Value(layer).Value);
        }
    }

    /// <summary>Binds one slot's part. Dispose of the result after the run.</summary>
    public IDisposable BindSlot(OrtIoBinding binding, int slot)
    {
        var views = new Disposables();
        if (_capacity is not { } capacity)
        {
            Bind(binding);
            return views;
        }

        var offset = (long)slot * _rowsPerSlot * _shape.CrossHeads * capacity * _shape.CrossHeadDim;
        for (var layer = 0; layer < _shape.Layers; layer++) Bind(binding, layer, View(_keys[layer]), View(_values[layer]));
        return views;

        OrtValue View(DeviceTensor whole) => views.Add(whole.View(offset, _rowsPerSlot, _shape.CrossHeads, capacity, _shape.CrossHeadDim));
    }

    public void Dispose()
    {
        foreach (var tensor in _keys) tensor.Dispose();
        foreach (var tensor in _values) tensor.Dispose();
    }

    private void Copy(int row, EncodedText text, int capacity)
    {
        var stride = (long)capacity * _shape.CrossHeadDim;
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
