using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// Executes the decoder on the caches of its slots, in the smallest of a few batches that has all taken slots; each is a view of the first
/// slots. Buffers are bound once a batch: a step writes the slots' rows in place, runs, and reads the candidates in place. Not thread-safe:
/// it belongs to the scheduler's thread. The session is the caller's.
/// </summary>
internal sealed class DecoderRunner : IDisposable
{
    private readonly Device _device;
    private readonly DiaConfig _config;
    private readonly InferenceSession _session;
    private readonly KvCache _cache;
    private readonly CrossAttentionCache _cross;
    private readonly DecoderBatch[] _batches;
    private readonly bool[] _taken;
    private readonly int[] _rowsWritten;
    private readonly int[] _idsWritten;
    private readonly bool _captured;
    private readonly RunOptions _run;
    private readonly StepInputs _inputs;
    private readonly StepOutputs _outputs;

    /// <param name="device">Device of the session.</param>
    /// <param name="config">The model.</param>
    /// <param name="session">Session of a <see cref="DecoderGraph"/>.</param>
    /// <param name="topK">The top-k that the graph was built for.</param>
    /// <param name="slots">Slots in the batch.</param>
    /// <param name="cache">Self-attention cache of the slots; this object disposes of it.</param>
    /// <param name="cross">Cross-attention cache of the slots; this object disposes of it.</param>
    /// <param name="captured">Whether steps are captured, if the device does that; the session must have been created for it.</param>
    public DecoderRunner(
        Device device,
        DiaConfig config,
        InferenceSession session,
        int topK,
        int slots,
        KvCache cache,
        CrossAttentionCache cross,
        bool captured = true)
    {
        _device = device;
        _config = config;
        _session = session;
        _cache = cache;
        _cross = cross;
        _captured = captured && device.CapturesSteps;
        _run = device.CreateRunOptions();
        Slots = slots;
        _inputs = new StepInputs(device, config, slots, sequence: 1, cross.Capacity, cache.ByRow ? GuidanceRows.Both : null);
        _outputs = new StepOutputs(device, config, slots, topK);
        _taken = new bool[slots];
        _rowsWritten = new int[slots];
        _idsWritten = new int[slots];
        var tensors = new SlotTensors(_inputs, _cache, _cross, _outputs);
        _batches = [.. Sizes(slots).Select(size => new DecoderBatch(session, tensors, CreateOptions(), size))];
        if (_captured) Capture();
        // On the host, weights lie in files: the first step reads their pages, and no request waits for it.
        else if (!device.CapturesSteps) Step(_batches[0], _batches[0].Options);
    }

    /// <summary>The most requests at a time.</summary>
    public int Slots { get; }

    /// <summary>Slots that the next step computes: a size that has room for the last taken slot.</summary>
    public int BatchSize => Current.Slots;

    private DecoderBatch Current
    {
        get
        {
            var last = Array.LastIndexOf(_taken, true);
            foreach (var batch in _batches)
            {
                if (batch.Slots > last) return batch;
            }

            return _batches[^1];
        }
    }

    /// <summary>
    /// Bytes of the caches that a request of so many rows and text ids would be the first to write in a slot; memory of the host is taken
    /// when it is first written. May be called by any thread.
    /// </summary>
    public long Growth(int slot, int rows, int textIds)
    {
        var moreRows = Math.Max(0, rows - Volatile.Read(ref _rowsWritten[slot]));
        var moreIds = Math.Max(0, textIds - Volatile.Read(ref _idsWritten[slot]));
        return moreRows * _cache.RowBytes + moreIds * _cross.IdBytes;
    }

    /// <summary>
    /// Puts a text and its guidance scale into a free slot. In the literal graph <paramref name="uncond"/> is the encoded unconditional
    /// text, as long as the text.
    /// </summary>
    public void Admit(int slot, EncodedText text, float guidance, EncodedText? uncond = null)
    {
        _inputs.SetText(slot, text.Length, guidance);
        _cross.Put(slot, text, uncond);
        Grow(_idsWritten, slot, text.Length);
    }

    /// <summary>
    /// Feeds rows to a slot that has its text and all rows before. Steps of other slots may run between the passes: until the slot is fed
    /// a row, a step that includes it writes behind its last row, where the next pass writes again.
    /// </summary>
    /// <param name="slot">The slot.</param>
    /// <param name="rows">[pass.Count, channels].</param>
    /// <param name="pass">Which rows they are.</param>
    public void Prefill(int slot, ReadOnlySpan<short> rows, PrefillPass pass)
    {
        if (!_cache.ByRow) Run(slot, rows, pass, guidanceRow: null);
        else for (var row = 0; row < 2; row++) Run(slot, rows, pass, row);
        Hold(slot, pass.First + pass.Count);
        Grow(_rowsWritten, slot, pass.First + pass.Count + 1);
    }

    /// <summary>Sets the row that the next step feeds to a slot, at its position. From now on steps include the slot.</summary>
    public void Feed(int slot, ReadOnlySpan<short> row, int position)
    {
        _taken[slot] = true;
        _inputs.SetRows(slot, row, position);
        Grow(_rowsWritten, slot, position + 1);
    }

    /// <summary>
    /// Leaves a slot without a request: it repeats row 0 of its own cache, which no request reads, while the batch includes it.
    /// </summary>
    public void Leave(int slot)
    {
        Hold(slot, 0);
        _taken[slot] = false;
    }

    /// <summary>
    /// Moves a request that has <paramref name="rows"/> rows in its cache from a slot to a free one. The next step needs a row fed to it.
    /// </summary>
    public void Move(int from, int to, int rows)
    {
        _cache.Copy(from, to, rows);
        _cross.Copy(from, to, _inputs.TextLength(from));
        _inputs.CopyText(to, _inputs, from);
        Grow(_rowsWritten, to, rows);
        Grow(_idsWritten, to, _inputs.TextLength(from));
        _taken[to] = true;
        Leave(from);
    }

    /// <summary>Advances all slots by the rows that were fed.</summary>
    public void Step() => Step(Current, Current.Options);

    /// <summary>Candidates of one channel after the last step, best first.</summary>
    public ChannelCandidates Candidates(int slot, int channel) => _outputs.Read(slot, channel);

    /// <summary>
    /// Advances all slots and gives the raw logits of the conditional and the unconditional rows of the batch, [slots, channels, vocab];
    /// for tests.
    /// </summary>
    public (float[] Cond, float[] Uncond) StepWithLogits()
    {
        using var cond = LogitsTensor();
        using var uncond = LogitsTensor();
        var binding = Current.Binding;
        binding.BindOutput(DecoderGraph.Cond, cond.Value);
        binding.BindOutput(DecoderGraph.Uncond, uncond.Value);
        Step(Current, _run);
        Current.Bind();
        return (cond.ToSingles(), uncond.ToSingles());
    }

    public void Dispose()
    {
        foreach (var batch in _batches) batch.Dispose();
        _run.Dispose();
        _inputs.Dispose();
        _outputs.Dispose();
        _cache.Dispose();
        _cross.Dispose();
    }

    private static void Grow(int[] written, int slot, int count) =>
        Volatile.Write(ref written[slot], Math.Max(written[slot], count));

    private RunOptions CreateOptions() => _captured ? _device.CreateStepOptions() : _device.CreateRunOptions();

    private void Hold(int slot, int position) => _inputs.SetRows(slot, stackalloc short[_config.Decoder.Channels], position);

    private void Run(int slot, ReadOnlySpan<short> rows, PrefillPass pass, int? guidanceRow)
    {
        var entries = guidanceRow is { } one ? GuidanceRows.One(one) : null;
        using var inputs = new StepInputs(_device, _config, slots: 1, pass.Count, _cross.Capacity, entries);
        inputs.CopyText(0, _inputs, slot);
        inputs.SetRows(0, rows, pass.First);
        inputs.Upload();

        using var binding = _session.CreateIoBinding();
        using var views = inputs.Bind(binding, slots: 1);
        using var cache = guidanceRow is { } row ? _cache.BindRow(binding, slot, row) : _cache.Bind(binding, slot, count: 1);
        using var cross = _cross.Bind(binding, slot, count: 1);
        _device.Run(_session, _run, binding);
    }

    private void Step(DecoderBatch batch, RunOptions options)
    {
        _inputs.Upload();
        _device.Run(_session, options, batch.Binding);
        _outputs.Download();
    }

    /// <summary>
    /// Runs each batch once, on free slots: a capture takes many times as long as a step, and no request waits for it.
    /// </summary>
    private void Capture()
    {
        foreach (var batch in _batches) Step(batch, batch.Options);
    }

    /// <summary>1, 2, 4 and so on, and the number of slots.</summary>
    private static IEnumerable<int> Sizes(int slots)
    {
        for (var size = 1; size < slots; size *= 2) yield return size;
        yield return slots;
    }

    private DeviceTensor LogitsTensor() => new(_device, OnnxType.Float, BatchSize, 1, _config.Decoder.Channels, _config.Decoder.Vocab);
}
