using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// The inputs that the host writes for each run of the decoder, in one packed buffer: tokens, positions, lengths and guidance scales.
/// </summary>
internal sealed class StepInputs : IDisposable
{
    private readonly int _channels;
    private readonly int _crossRows;
    private readonly PackedField<long> _tokens;
    private readonly PackedField<int> _lastPosition;
    private readonly PackedField<int> _textLengths;
    private readonly PackedField<float> _scale;
    private readonly PackedField<long>? _positions;
    private readonly PackedField<int> _totalLength;
    private readonly PackedTensors _packed;

    /// <param name="device">Device of the decoder.</param>
    /// <param name="config">The model.</param>
    /// <param name="slots">Slots in the batch.</param>
    /// <param name="sequence">Rows that one run feeds to a slot.</param>
    /// <param name="crossRows">Rows of a slot that attend to a text: 1, or 2 in the literal graph.</param>
    public StepInputs(Device device, DiaConfig config, int slots, int sequence, int crossRows)
    {
        _channels = config.Decoder.Channels;
        _crossRows = crossRows;
        var layout = new PackedLayout();
        _tokens = layout.Add<long>(DecoderGraph.Tokens, slots, sequence, _channels);
        _lastPosition = layout.Add<int>(DecoderGraph.LastPosition, 2 * slots);
        _textLengths = layout.Add<int>(DecoderGraph.TextLengths, slots * crossRows);
        _scale = layout.Add<float>(DecoderGraph.Scale, slots, 1, 1, 1);
        if (DecoderGraph.HasPositions(config)) _positions = layout.Add<long>(DecoderGraph.Positions, slots * crossRows, sequence);
        _totalLength = layout.AddForHost<int>(DecoderGraph.TotalLength, 1);
        var rowShape = layout.AddForHost<long>(DecoderGraph.RowShape, 3);
        _packed = new PackedTensors(device, layout);
        ReadOnlySpan<long> dims = [2 * slots, sequence, config.Decoder.Hidden];
        dims.CopyTo(_packed.Elements(rowShape));
        // A row without a text still attends to one key: a fully masked row would give NaN.
        _packed.Elements(_textLengths).Fill(1);
    }

    /// <summary>Sets a slot's text lengths and guidance scale.</summary>
    public void SetText(int slot, int length, int uncondLength, float guidance)
    {
        var lengths = _packed.Elements(_textLengths).Slice(slot * _crossRows, _crossRows);
        lengths[0] = length;
        if (_crossRows > 1) lengths[1] = uncondLength;
        _packed.Elements(_scale)[slot] = guidance;
    }

    /// <summary>Takes a slot's text lengths and guidance scale from other inputs.</summary>
    public void CopyText(int slot, StepInputs source, int sourceSlot)
    {
        var lengths = source._packed.Elements(source._textLengths).Slice(sourceSlot * _crossRows, _crossRows);
        SetText(slot, lengths[0], lengths[^1], source._packed.Elements(source._scale)[sourceSlot]);
    }

    /// <summary>
    /// Sets the rows that the next run feeds to a slot, [sequence, channels], the first at position <paramref name="first"/>.
    /// </summary>
    public void SetRows(int slot, ReadOnlySpan<short> rows, int first)
    {
        var sequence = rows.Length / _channels;
        var tokens = _packed.Elements(_tokens).Slice(slot * rows.Length, rows.Length);
        for (var i = 0; i < rows.Length; i++) tokens[i] = rows[i];
        _packed.Elements(_lastPosition).Slice(2 * slot, 2).Fill(first + sequence - 1);
        if (_positions is not { } field) return;
        var positions = _packed.Elements(field).Slice(slot * _crossRows * sequence, _crossRows * sequence);
        for (var i = 0; i < positions.Length; i++) positions[i] = first + i % sequence;
    }

    /// <summary>Binds all inputs of this buffer.</summary>
    public void Bind(OrtIoBinding binding) => _packed.BindInputs(binding);

    /// <summary>Copies the inputs to the device.</summary>
    public void Upload()
    {
        var last = 0;
        foreach (var position in _packed.Elements(_lastPosition)) last = Math.Max(last, position);
        _packed.Elements(_totalLength)[0] = last + 1;
        _packed.Upload();
    }

    public void Dispose() => _packed.Dispose();
}
