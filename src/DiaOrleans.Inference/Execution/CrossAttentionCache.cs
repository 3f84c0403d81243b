using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// Cross-attention keys and values of the texts in the slots. A single slot binds the encoder's own tensors, at the text's exact length;
/// several slots copy theirs into one buffer, right-padded to its capacity and masked by length.
/// </summary>
internal sealed class CrossAttentionCache : IDisposable
{
    private readonly DecoderShape _shape;
    private readonly int _rowsPerSlot;
    private readonly int? _capacity;
    private readonly NativeTensor<int> _lengths;
    private readonly NativeTensor<float>[] _keys = [];
    private readonly NativeTensor<float>[] _values = [];
    private EncodedText? _only;

    public CrossAttentionCache(DecoderShape shape, int slots, int rowsPerSlot, int? capacity)
    {
        if (capacity is null && (slots > 1 || rowsPerSlot > 1)) throw new ArgumentException("Several rows share a buffer, which needs a capacity.", nameof(capacity));
        (_shape, _rowsPerSlot, _capacity) = (shape, rowsPerSlot, capacity);
        _lengths = new NativeTensor<int>(slots * rowsPerSlot);
        // A row without a text still attends to one key: a fully masked row would give NaN.
        _lengths.Span.Fill(1);
        if (capacity is not { } length) return;
        _keys = [.. Enumerable.Range(0, shape.Layers).Select(_ => new NativeTensor<float>(slots * rowsPerSlot, shape.CrossHeads, length, shape.CrossHeadDim))];
        _values = [.. Enumerable.Range(0, shape.Layers).Select(_ => new NativeTensor<float>(slots * rowsPerSlot, shape.CrossHeads, length, shape.CrossHeadDim))];
    }

    /// <summary>Puts a text into a slot; true where the binding must be made anew. The text must live until the slot's next one.</summary>
    public bool Put(int slot, EncodedText text, EncodedText? uncond)
    {
        _lengths.Span[slot * _rowsPerSlot] = text.Length;
        if (_capacity is null)
        {
            _only = text;
            return true;
        }

        Copy(slot * _rowsPerSlot, text);
        if (_rowsPerSlot == 1) return false;
        _lengths.Span[slot * _rowsPerSlot + 1] = uncond!.Length;
        Copy(slot * _rowsPerSlot + 1, uncond);
        return false;
    }

    public void Bind(OrtIoBinding binding)
    {
        binding.BindInput(DecoderGraph.TextLengths, _lengths.Value);
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            if (_capacity is not null) Bind(binding, layer, _keys[layer].Value, _values[layer].Value);
            else if (_only is not null) Bind(binding, layer, _only.Key(layer), _only.Value(layer));
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

        var first = slot * _rowsPerSlot;
        binding.BindInput(DecoderGraph.TextLengths, views.Add(_lengths.View(first, _rowsPerSlot)));
        var offset = (long)first * _shape.CrossHeads * capacity * _shape.CrossHeadDim;
        for (var layer = 0; layer < _shape.Layers; layer++) Bind(binding, layer, View(_keys[layer]), View(_values[layer]));
        return views;

        OrtValue View(NativeTensor<float> whole) => views.Add(whole.View(offset, _rowsPerSlot, _shape.CrossHeads, capacity, _shape.CrossHeadDim));
    }

    public void Dispose()
    {
        _lengths.Dispose();
        foreach (var tensor in _keys) tensor.Dispose();
        foreach (var tensor in _values) tensor.Dispose();
    }

    private void Copy(int row, EncodedText text)
    {
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            Copy(text.Key(layer).GetTensorDataAsSpan<float>(), _keys[layer].Part(row), text.Length);
            Copy(text.Value(layer).GetTensorDataAsSpan<float>(), _values[layer].Part(row), text.Length);
        }
    }

    private void Copy(ReadOnlySpan<float> from, Span<float> to, int length)
    {
        var (used, room) = (length * _shape.CrossHeadDim, to.Length / _shape.CrossHeads);
        for (var head = 0; head < _shape.CrossHeads; head++) from.Slice(head * used, used).CopyTo(to[(head * room)..]);
    }

    private static void Bind(OrtIoBinding binding, int layer, OrtValue key, OrtValue value)
    {
        binding.BindInput(TextEncoderGraph.CrossKey(layer), key);
        binding.BindInput(TextEncoderGraph.CrossValue(layer), value);
    }
}
