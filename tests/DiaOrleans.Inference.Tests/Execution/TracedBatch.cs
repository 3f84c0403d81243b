using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Execution;

/// <summary>A decoder's slots, stepped together; keeps the logits of every request.</summary>
internal sealed class TracedBatch(DiaModel model, int slots, int textCapacity) : IDisposable
{
    private readonly DecoderRunner _decoder = model.CreateDecoder(slots, textCapacity);
    private readonly Entry?[] _entries = new Entry?[slots];

    /// <summary>What a request gives in an engine of one slot.</summary>
    public static SpeechTrace Alone(DiaModel model, DecodeRequest request, int steps)
    {
        using var batch = new TracedBatch(model, slots: 1, model.Config.Encoder.MaxPositions);
        var trace = batch.Enter(0, request);
        for (var step = 0; step < steps && batch.IsTaken(0); step++) batch.Step();
        return trace;
    }

    public int Slots => slots;

    public bool IsTaken(int slot) => _entries[slot] is not null;

    /// <summary>Whether its prompt is still being fed.</summary>
    public bool IsJoining(int slot) => _entries[slot] is { IsJoining: true };

    public SpeechTrace Enter(int index, DecodeRequest request)
    {
        var slot = new Slot(index, model, _decoder);
        slot.Enter(request);
        var trace = new SpeechTrace(slot.Grid!);
        _entries[index] = new Entry(slot, trace);
        return trace;
    }

    /// <summary>Puts a request into a slot; each step is then preceded by a pass of its prompt, until it steps itself.</summary>
    public SpeechTrace Join(int index, DecodeRequest request)
    {
        var slot = new Slot(index, model, _decoder);
        slot.Begin(request);
        using (var text = model.TextEncoder.Encode(request.TextIds)) slot.Admit(text);
        var trace = new SpeechTrace(slot.Grid!);
        _entries[index] = new Entry(slot, trace) { IsJoining = true };
        return trace;
    }

    public void Leave(int index)
    {
        _entries[index]!.Slot.Leave();
        _entries[index] = null;
    }

    /// <summary>Moves a request to a free slot.</summary>
    public void Move(int from, int to)
    {
        _entries[from]!.Slot.TakePlaceOf(new Slot(to, model, _decoder));
        _entries[to] = _entries[from];
        _entries[from] = null;
    }

    /// <summary>Slots that the next step computes.</summary>
    public int BatchSize => _decoder.BatchSize;

    public void Step()
    {
        foreach (var entry in _entries)
        {
            if (entry is { IsJoining: true }) entry.IsJoining = entry.Slot.Prefill();
            if (entry is { IsJoining: false }) entry.Slot.Feed();
        }

        var (cond, uncond) = _decoder.StepWithLogits();
        var size = model.Delay.Channels * model.Config.Decoder.Vocab;
        for (var i = 0; i < slots; i++)
        {
            if (_entries[i] is not { IsJoining: false } entry) continue;
            entry.Trace.Logits.Add([.. cond.AsSpan(i * size, size), .. uncond.AsSpan(i * size, size)]);
            entry.Slot.Advance();
            if (entry.Trace.Grid.Finished) Leave(i);
        }
    }

    public void Dispose() => _decoder.Dispose();

    private sealed record Entry(Slot Slot, SpeechTrace Trace)
    {
        public bool IsJoining { get; set; }
    }
}

/// <summary>The rows of a request, and the logits of each step: cond and then uncond, [channels, vocab] each.</summary>
internal sealed class SpeechTrace(SpeechGrid grid)
{
    public SpeechGrid Grid => grid;

    public List<float[]> Logits { get; } = [];

    /// <summary>Every step so far has the logits, to the bit, and the row of the same step of <paramref name="whole"/>.</summary>
    public void ShouldBegin(SpeechTrace whole, string what)
    {
        Logits.Count.ShouldBeInRange(1, whole.Logits.Count, what);
        for (var step = 0; step < Logits.Count; step++)
        {
            var different = Differences(Logits[step], whole.Logits[step]);
            different.ShouldBe(0, $"{what}, step {step}: different logits");
        }

        for (var row = 0; row < grid.Rows; row++) grid.Row(row).SequenceEqual(whole.Grid.Row(row)).ShouldBeTrue($"{what}, row {row}");
    }

    private static int Differences(float[] some, float[] others)
    {
        others.Length.ShouldBe(some.Length);
        var count = 0;
        for (var i = 0; i < some.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(some[i]) != BitConverter.SingleToInt32Bits(others[i])) count++;
        }

        return count;
    }
}
