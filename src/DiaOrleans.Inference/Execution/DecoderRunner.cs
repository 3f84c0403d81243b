using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// Executes the decoder on the caches of its slots. Buffers are bound once: a step writes the slots' rows in place, runs, and reads the
/// candidates in place. Not thread-safe: it belongs to the scheduler's thread. The session is the caller's.
/// </summary>
internal sealed class DecoderRunner : IDisposable
{
    private readonly Device _device;
    private readonly DiaConfig _config;
    private readonly InferenceSession _session;
    private readonly KvCache _cache;
    private readonly CrossAttentionCache _cross;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _run = new();
    private readonly StepInputs _inputs;
    private readonly StepOutputs _outputs;

    /// <param name="device">Device of the session.</param>
    /// <param name="config">The model.</param>
    /// <param name="session">Session of a <see cref="DecoderGraph"/>.</param>
    /// <param name="topK">The top-k that the graph was built for.</param>
    /// <param name="slots">Slots in the batch.</param>
    /// <param name="cache">Self-attention cache of the slots; this object disposes of it.</param>
    /// <param name="cross">Cross-attention cache of the slots; this object disposes of it.</param>
    public DecoderRunner(
        Device device,
        DiaConfig config,
        InferenceSession session,
        int topK,
        int slots,
        KvCache cache,
        CrossAttentionCache cross)
    {
        _device = device;
        _config = config;
        _session = session;
        _cache = cache;
        _cross = cross;
        Slots = slots;
        _binding = session.CreateIoBinding();
        _inputs = new StepInputs(device, config, slots, sequence: 1, cross.Capacity);
        _outputs = new StepOutputs(device, config, slots, topK);
        BindStep();
    }

    /// <summary>Slots in the batch.</summary>
    public int Slots { get; }

    /// <summary>
    /// Puts a text and its guidance scale into a slot. In the literal graph <paramref name="uncond"/> is the encoded unconditional text, as
    /// long as the text.
    /// </summary>
    public void Admit(int slot, EncodedText text, float guidance, EncodedText? uncond = null)
    {
        _inputs.SetText(slot, text.Length, guidance);
        _cross.Put(slot, text, uncond);
    }

    /// <summary>
    /// Feeds rows 0 to <paramref name="count"/> - 1 of a slot that has its text, in passes. <paramref name="rows"/> is [count, channels].
    /// </summary>
    public void Prefill(int slot, ReadOnlySpan<short> rows, int count)
    {
        var channels = _config.Decoder.Channels;
        foreach (var pass in PrefillPlan.Passes(count, _inputs.TextLength(slot)))
        {
            Run(slot, rows.Slice(pass.First * channels, pass.Count * channels), pass);
        }
    }

    /// <summary>Sets the row that the next step feeds to a slot, at its position.</summary>
    public void Feed(int slot, ReadOnlySpan<short> row, int position) => _inputs.SetRows(slot, row, position);

    /// <summary>
    /// Leaves a slot without a request: it repeats row 0 of its own cache, which no request reads, and the batch keeps its shape.
    /// </summary>
    public void Leave(int slot) => Feed(slot, stackalloc short[_config.Decoder.Channels], 0);

    /// <summary>Advances all slots by the rows that were fed.</summary>
    public void Step()
    {
        _inputs.Upload();
        _session.RunWithBinding(_run, _binding);
        _outputs.Download();
    }

    /// <summary>Candidates of one channel after the last step, best first.</summary>
    public ChannelCandidates Candidates(int slot, int channel) => _outputs.Read(slot, channel);

    /// <summary>
    /// Advances all slots and gives the raw logits of their conditional and unconditional rows, [slots, channels, vocab]; for tests.
    /// </summary>
    public (float[] Cond, float[] Uncond) StepWithLogits()
    {
        using var cond = LogitsTensor();
        using var uncond = LogitsTensor();
        _binding.BindOutput(DecoderGraph.Cond, cond.Value);
        _binding.BindOutput(DecoderGraph.Uncond, uncond.Value);
        Step();
        BindStep();
        return (cond.ToSingles(), uncond.ToSingles());
    }

    public void Dispose()
    {
        _binding.Dispose();
        _run.Dispose();
        _inputs.Dispose();
        _outputs.Dispose();
        _cache.Dispose();
        _cross.Dispose();
    }

    private void Run(int slot, ReadOnlySpan<short> rows, PrefillPass pass)
    {
        using var inputs = new StepInputs(_device, _config, slots: 1, pass.Count, _cross.Capacity);
        inputs.CopyText(0, _inputs, slot);
        inputs.SetRows(0, rows, pass.First);
        inputs.Upload();

        using var binding = _session.CreateIoBinding();
        inputs.Bind(binding);
        using var cache = _cache.BindSlot(binding, slot);
        using var cross = _cross.BindSlot(binding, slot);
        _session.RunWithBinding(_run, binding);
    }

    private void BindStep()
    {
        _binding.ClearBoundInputs();
        _binding.ClearBoundOutputs();
        _inputs.Bind(_binding);
        _cache.Bind(_binding);
        _cross.Bind(_binding);
        _outputs.Bind(_binding);
    }

    private DeviceTensor LogitsTensor() => new(_device, OnnxType.Float, Slots, 1, _config.Decoder.Channels, _config.Decoder.Vocab);
}
