using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// The self-attention KV cache of all slots, [slots, 2 * kvHeads, capacity, headDim] a layer: read and written in place, never copied.
/// </summary>
internal sealed class KvCache : IDisposable
{
    private readonly DecoderShape _shape;
    private readonly int _capacity;
    private readonly DeviceTensor[] _keys;
    private readonly DeviceTensor[] _values;

    /// <param name="device">Device of the memory.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">The decoder.</param>
    /// <param name="slots">Slots in the batch.</param>
    /// <param name="capacity">Rows of a slot.</param>
    /// <param name="byRow">Whether each guidance row is a batch entry of its own in the graph, with half of the slot's heads.</param>
    public KvCache(Device device, OnnxType type, DecoderShape shape, int slots, int capacity, bool byRow = false)
    {
        ByRow = byRow;
        _shape = shape;
        _capacity = capacity;
        _keys = [.. Enumerable.Range(0, shape.Layers).Select(_ => Layer())];
        _values = [.. Enumerable.Range(0, shape.Layers).Select(_ => Layer())];

        DeviceTensor Layer() => new(device, type, slots, 2 * shape.KvHeads, capacity, shape.HeadDim);
    }

    /// <summary>Whether each guidance row is a batch entry of its own in the graph.</summary>
    public bool ByRow { get; }

    /// <summary>
    /// Binds <paramref name="count"/> slots from <paramref name="first"/> on. Dispose of the result after the last run.
    /// </summary>
    public IDisposable Bind(OrtIoBinding binding, int first, int count) => ByRow
        ? Bind(binding, first * SlotSize, 2 * count, _shape.KvHeads)
        : Bind(binding, first * SlotSize, count, 2 * _shape.KvHeads);

    /// <summary>Binds one guidance row of a slot, if they are entries of their own. Dispose of the result after the last run.</summary>
    public IDisposable BindRow(OrtIoBinding binding, int slot, int row) =>
        Bind(binding, slot * SlotSize + row * SlotSize / 2, 1, _shape.KvHeads);

    /// <summary>Bytes of a row of a slot in all layers.</summary>
    public long RowBytes => 2L * _shape.Layers * 2 * _shape.KvHeads * _shape.HeadDim * _keys[0].Type.ByteSize();

    /// <summary>Copies the first <paramref name="rows"/> rows of a slot to another slot.</summary>
    public void Copy(int from, int to, int rows)
    {
        var stride = (long)_capacity * _shape.HeadDim;
        foreach (var tensor in _keys.Concat(_values))
        {
            tensor.CopyWithin(from * SlotSize, to * SlotSize, 2 * _shape.KvHeads, (long)rows * _shape.HeadDim, stride);
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _keys) tensor.Dispose();
        foreach (var tensor in _values) tensor.Dispose();
    }

    private long SlotSize => 2L * _shape.KvHeads * _capacity * _shape.HeadDim;

    private Disposables Bind(OrtIoBinding binding, long offset, int entries, int heads)
    {
        var views = new Disposables();
        for (var layer = 0; layer < _shape.Layers; layer++) Bind(binding, layer, View(_keys[layer]), View(_values[layer]));
        return views;

        OrtValue View(DeviceTensor whole) => views.Add(whole.View(offset, entries, heads, _capacity, _shape.HeadDim));
    }

    private static void Bind(OrtIoBinding binding, int layer, OrtValue key, OrtValue value)
    {
        binding.BindInput(DecoderGraph.PastKey(layer), key);
        binding.BindInput(DecoderGraph.PastValue(layer), value);
        binding.BindOutput(DecoderGraph.PresentKey(layer), key);
        binding.BindOutput(DecoderGraph.PresentValue(layer), value);
    }
}
