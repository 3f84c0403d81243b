using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// One decoder session with the caches of its slots. Buffers are bound once: a step writes the slots' rows in place, runs, and reads the candidates in place.
/// Not thread-safe: it belongs to the engine's thread.
/// </summary>
internal sealed class DecoderRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly DecoderShape _shape;
    private readonly DecoderCache _cache;
    private readonly CrossAttentionCache _cross;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _run = new();
    private readonly NativeTensor<long> _tokens;
    private readonly NativeTensor<long> _positions;
    private readonly NativeTensor<long> _rowShape = new(3);
    private readonly NativeTensor<int> _lastPosition;
    private readonly NativeTensor<int> _totalLength = new(1);
    private readonly NativeTensor<float> _scale;
    private readonly DecoderOutputs _outputs;
    private readonly bool _rotatesCross;
    private readonly bool _literal;

    /// <param name="session">Session of a <see cref="DecoderGraph"/> built with <paramref name="graph"/>.</param>
    /// <param name="config">The model.</param>
    /// <param name="graph">How the graph was built.</param>
    /// <param name="slots">Requests in one batch.</param>
    /// <param name="textCapacity">Text ids a slot holds, right-padded and masked; null for a single slot at the text's exact length.</param>
    public DecoderRunner(InferenceSession session, DiaConfig config, DecoderGraphOptions graph, int slots, int? textCapacity)
    {
        (_session, _shape, Slots) = (session, config.Decoder, slots);
        (_rotatesCross, _literal) = (config.Profile == DiaProfile.Classic, graph.UncondCross is null);
        _binding = session.CreateIoBinding();
        _tokens = new NativeTensor<long>(slots, 1, _shape.Channels);
        _positions = new NativeTensor<long>(_literal ? 2 * slots : slots, 1);
        _lastPosition = new NativeTensor<int>(2 * slots);
        _scale = new NativeTensor<float>(slots, 1, 1, 1);
        _cache = new DecoderCache(_shape, slots, graph.Capacity);
        _cross = new CrossAttentionCache(_shape, slots, _literal ? 2 : 1, textCapacity);
        _outputs = new DecoderOutputs(config, slots, graph.TopK);
        Shape(_rowShape, slots, 1);
        BindStep();
    }

    /// <summary>Requests in one batch.</summary>
    public int Slots { get; }

    /// <summary>Puts a text and its guidance scale into a slot. In the literal graph <paramref name="uncond"/> is the encoded unconditional text.</summary>
    public void Admit(int slot, EncodedText text, float guidance, EncodedText? uncond = null)
    {
        _scale.Span[slot] = guidance;
        if (_cross.Put(slot, text, uncond)) _cross.Bind(_binding);
    }

    /// <summary>Feeds rows 0 to <paramref name="count"/> - 1 of a fresh slot in one pass. <paramref name="rows"/> is [count, channels].</summary>
    public void Prefill(int slot, ReadOnlySpan<short> rows, int count)
    {
        if (count == 0) return;
        using var tokens = new NativeTensor<long>(1, count, _shape.Channels);
        using var positions = new NativeTensor<long>(_literal ? 2 : 1, count);
        using var rowShape = new NativeTensor<long>(3);
        using var lastPosition = new NativeTensor<int>(2);
        using var total = new NativeTensor<int>(1);
        for (var i = 0; i < rows.Length; i++) tokens.Span[i] = rows[i];
        for (var i = 0; i < positions.Span.Length; i++) positions.Span[i] = i % count;
        Shape(rowShape, 1, count);
        lastPosition.Span.Fill(count - 1);
        total.Span[0] = count;

        using var binding = _session.CreateIoBinding();
        using var scale = _scale.View(slot, 1, 1, 1, 1);
        BindInputs(binding, tokens.Value, positions.Value, rowShape.Value, lastPosition.Value, total.Value, scale);
        using var cache = _cache.BindSlot(binding, slot);
        using var cross = _cross.BindSlot(binding, slot);
        _session.RunWithBinding(_run, binding);
    }

    /// <summary>Sets the row that the next step feeds for a slot, at its position.</summary>
    public void Feed(int slot, ReadOnlySpan<short> row, int position)
    {
        var tokens = _tokens.Part(slot);
        for (var channel = 0; channel < row.Length; channel++) tokens[channel] = row[channel];
        _lastPosition.Span[2 * slot] = position;
        _lastPosition.Span[2 * slot + 1] = position;
        _positions.Part(slot)[0] = position;
        if (_literal) _positions.Span.Fill(position);
    }

    /// <summary>A slot without a request repeats row 0 of its own cache: harmless, and the batch keeps its shape.</summary>
    public void Leave(int slot) => Feed(slot, stackalloc short[_shape.Channels], 0);

    /// <summary>Advances all slots by the rows that were fed.</summary>
    public void Step()
    {
        var last = 0;
        foreach (var position in _lastPosition.Span) last = Math.Max(last, position);
        _totalLength.Span[0] = last + 1;
        _session.RunWithBinding(_run, _binding);
    }

    /// <summary>Candidates of one channel after the last step, best first.</summary>
    public ChannelCandidates Candidates(int slot, int channel) => _outputs.Read(slot, channel);

    /// <summary>Raw logits [channels, vocab] of a slot's conditional and unconditional row after one more run; for tests.</summary>
    public (float[] Cond, float[] Uncond) StepWithLogits(int slot)
    {
        using var cond = new NativeTensor<float>(Slots, 1, _shape.Channels, _shape.Vocab);
        using var uncond = new NativeTensor<float>(Slots, 1, _shape.Channels, _shape.Vocab);
        _binding.BindOutput(DecoderGraph.Cond, cond.Value);
        _binding.BindOutput(DecoderGraph.Uncond, uncond.Value);
        Step();
        var logits = (cond.Part(slot).ToArray(), uncond.Part(slot).ToArray());
        BindStep();
        return logits;
    }

    public void Dispose()
    {
        _binding.Dispose();
        _run.Dispose();
        foreach (IDisposable part in (IDisposable[])[_tokens, _positions, _rowShape, _lastPosition, _totalLength, _scale, _outputs, _cache, _cross]) part.Dispose();
        _session.Dispose();
    }

    private void BindStep()
    {
        _binding.ClearBoundInputs();
        _binding.ClearBoundOutputs();
        BindInputs(_binding, _tokens.Value, _positions.Value, _rowShape.Value, _lastPosition.Value, _totalLength.Value, _scale.Value);
        _cache.Bind(_binding);
        _cross.Bind(_binding);
        _outputs.Bind(_binding);
    }

    private void BindInputs(OrtIoBinding binding, OrtValue tokens, OrtValue positions, OrtValue rowShape, OrtValue lastPosition, OrtValue total, OrtValue scale)
    {
        binding.BindInput(DecoderGraph.Tokens, tokens);
        binding.BindInput(DecoderGraph.RowShape, rowShape);
        binding.BindInput(DecoderGraph.LastPosition, lastPosition);
        binding.BindInput(DecoderGraph.TotalLength, total);
        binding.BindInput(DecoderGraph.Scale, scale);
        if (_rotatesCross) binding.BindInput(DecoderGraph.Positions, positions);
    }

    private void Shape(NativeTensor<long> rowShape, int slots, int rows)
    {
        rowShape.Span[0] = 2 * slots;
        rowShape.Span[1] = rows;
        rowShape.Span[2] = _shape.Hidden;
    }
}
