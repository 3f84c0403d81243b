using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// The inputs that the host writes for each run of the decoder, in one packed buffer: tokens, positions, text lengths and guidance scales.
/// </summary>
internal sealed class StepInputs : IDisposable
{
    private readonly int _channels;
    private readonly int _sequence;
    private readonly int _copies;
    private readonly int _vocab;
    private readonly bool _byRow;
    private readonly PackedField<long> _tokens;
    private readonly PackedField<int> _lastPosition;
    private readonly PackedField<int> _lastTextKey;
    private readonly PackedField<float> _scale;
    private readonly PackedField<long>? _positions;
    private readonly PackedTensors _packed;

    /// <param name="device">Device of the decoder.</param>
    /// <param name="config">The model.</param>
    /// <param name="slots">Slots in the batch.</param>
    /// <param name="sequence">Rows that one run feeds to a slot.</param>
    /// <param name="textCapacity">Text ids that the cross-attention cache has room for.</param>
    /// <param name="rows">Guidance rows of the graph by row; null for the other graph.</param>
    public StepInputs(Device device, DiaConfig config, int slots, int sequence, int textCapacity, GuidanceRows? rows = null)
    {
        _channels = config.Decoder.Channels;
        _sequence = sequence;
        _vocab = config.Decoder.Vocab;
        _byRow = rows is not null;
        _copies = rows?.AreCond.Length ?? 1;
        var layout = new PackedLayout();
        _tokens = layout.Add<long>(DecoderGraph.Tokens, slots, _copies * sequence, _channels);
        _lastPosition = rows is null
            ? layout.Add<int>(DecoderGraph.LastPosition, slots)
            : layout.Add<int>(DecoderGraph.LastPosition, slots, _copies);
        _lastTextKey = layout.Add<int>(DecoderGraph.LastTextKey, slots);
        _scale = layout.Add<float>(DecoderGraph.Scale, slots, 1, 1, 1);
        if (DecoderGraph.HasPositions(config)) _positions = layout.Add<long>(DecoderGraph.Positions, slots, sequence);
        var capacity = layout.AddForHost<int>(DecoderGraph.TextCapacity, 1);
        var isCond = _byRow ? layout.Add<bool>(DecoderGraph.IsCond, slots, _copies, 1, 1) : default;
        _packed = new PackedTensors(device, layout);
        _packed.Elements(capacity)[0] = textCapacity;
        for (var i = 0; i < isCond.Count; i++) _packed.Elements(isCond)[i] = rows!.AreCond[i % _copies];
    }

    /// <summary>Number of text ids of a slot; 1 if it never had a text.</summary>
    public int TextLength(int slot) => _packed.Elements(_lastTextKey)[slot] + 1;

    /// <summary>Sets a slot's text length and guidance scale.</summary>
    public void SetText(int slot, int length, float guidance)
    {
        _packed.Elements(_lastTextKey)[slot] = length - 1;
        _packed.Elements(_scale)[slot] = guidance;
    }

    /// <summary>Takes a slot's text length and guidance scale from other inputs.</summary>
    public void CopyText(int slot, StepInputs source, int sourceSlot) =>
        SetText(slot, source.TextLength(sourceSlot), source._packed.Elements(source._scale)[sourceSlot]);

    /// <summary>
    /// Sets the rows that the next run feeds to a slot, [sequence, channels], the first at position <paramref name="first"/>.
    /// </summary>
    public void SetRows(int slot, ReadOnlySpan<short> rows, int first)
    {
        for (var copy = slot * _copies; copy < (slot + 1) * _copies; copy++)
        {
            var tokens = _packed.Elements(_tokens).Slice(copy * rows.Length, rows.Length);
            for (var i = 0; i < rows.Length; i++) tokens[i] = rows[i];
            _packed.Elements(_lastPosition)[copy] = first + _sequence - 1;
        }

        if (_positions is not { } field) return;
        var positions = _packed.Elements(field).Slice(slot * _sequence, _sequence);
        for (var i = 0; i < positions.Length; i++) positions[i] = first + i;
    }

    /// <summary>
    /// Binds the inputs of the first <paramref name="slots"/> slots. Dispose of the result after the last run.
    /// </summary>
    public IDisposable Bind(OrtIoBinding binding, int slots)
    {
        var views = new Disposables();
        views.Add(_packed.BindInputs(binding, slots));
        if (!_byRow) return views;
        BindShape(DecoderGraph.RowShape, slots * _copies, _sequence, -1);
        BindShape(DecoderGraph.LogitShape, slots, _copies, _channels, _vocab);
        return views;

        void BindShape(string input, params long[] shape) =>
            binding.BindInput(input, views.Add(OrtValue.CreateTensorValueFromMemory(shape, [shape.Length])));
    }

    /// <summary>Copies the inputs to the device.</summary>
    public void Upload() => _packed.Upload();

    public void Dispose() => _packed.Dispose();
}
