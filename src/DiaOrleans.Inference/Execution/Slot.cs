using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// One slot of the decoder's batch: the token rows of its request, and the sampler that extends them. A request begins, gets its text, and
/// has its prompt fed in passes; then it steps.
/// </summary>
/// <param name="index">Index in the decoder's batch.</param>
/// <param name="model">The model.</param>
/// <param name="decoder">A decoder of the model.</param>
internal sealed class Slot(int index, DiaModel model, DecoderRunner decoder)
{
    private int _index = index;
    private readonly TokenSampler _sampler = new(model.Rules, model.Candidates);
    private readonly short[] _sampled = new short[model.Delay.Channels];
    private readonly Queue<PrefillPass> _passes = [];
    private SamplingSettings _sampling = model.Sampling;
    private long _seed;

    /// <summary>Rows of the request; null if the slot is free.</summary>
    public SpeechGrid? Grid { get; private set; }

    /// <summary>Bytes of the caches that a request would be the first to write here. May be called by any thread.</summary>
    public long Growth(DecodeRequest request)
    {
        var rows = 1L + (request.Prompt?.Rows ?? 0) + request.MaxFrames + model.Delay.Max;
        return decoder.Growth(Volatile.Read(ref _index), (int)Math.Min(rows, model.Config.Decoder.MaxPositions), request.TextIds.Length);
    }

    /// <summary>Sets the request. If <see cref="Grid"/> is finished then, all its frames were made before, and it needs no text.</summary>
    public void Begin(DecodeRequest request)
    {
        _sampling = request.Sampling is { } wanted ? wanted with { TopK = model.Sampling.TopK } : model.Sampling;
        _seed = request.Seed;
        _passes.Clear();
        var maxRows = model.Config.Decoder.MaxPositions;
        Grid = new SpeechGrid(model.Delay, model.Rules, request.Prompt, request.MaxFrames, maxRows, request.Made);
    }

    /// <summary>Takes the encoded text of the request.</summary>
    public void Admit(EncodedText text)
    {
        decoder.Admit(_index, text, _sampling.Guidance);
        foreach (var pass in PrefillPlan.Passes(Grid!.PromptFrames, text.Length)) _passes.Enqueue(pass);
    }

    /// <summary>Feeds the next pass of the prompt; false if none is left, and the slot is ready to step.</summary>
    public bool Prefill()
    {
        if (!_passes.TryDequeue(out var pass)) return false;
        var rows = new CodeGrid(pass.Count, model.Delay.Channels);
        for (var row = 0; row < pass.Count; row++) Grid!.Row(pass.First + row).CopyTo(rows.Row(row));
        decoder.Prefill(_index, rows.Cells, pass);
        return true;
    }

    /// <summary>All that comes before the first step.</summary>
    public void Enter(DecodeRequest request)
    {
        Begin(request);
        if (Grid!.Finished) return;
        using (var text = model.TextEncoder.Encode(request.TextIds)) Admit(text);
        while (Prefill())
        {
        }
    }

    /// <summary>Sets the row that the next step feeds.</summary>
    public void Feed()
    {
        var grid = Grid!;
        decoder.Feed(_index, grid.Row(grid.Rows - 1), grid.Rows - 1);
    }

    /// <summary>Chooses the next row's tokens among the step's candidates.</summary>
    /// <exception cref="NotFiniteNumberException">The model has overflowed.</exception>
    public void Advance()
    {
        var grid = Grid!;
        for (var channel = 0; channel < _sampled.Length; channel++)
        {
            if (!grid.NeedsSampling(channel)) continue;
            var candidates = decoder.Candidates(_index, channel);
            var uniform = CounterRandom.Uniform(_seed, grid.Rows, channel);
            _sampled[channel] = (short)_sampler.Choose(channel, candidates.Ids, candidates.Values, _sampling, uniform, candidates.Fallback);
        }

        grid.Append(_sampled);
    }

    /// <summary>
    /// Moves this slot's request, which is ready to step, to the place of a free slot, which takes this one's place in the batch.
    /// </summary>
    public void TakePlaceOf(Slot free)
    {
        decoder.Move(_index, free._index, Grid!.Rows - 1);
        var place = _index;
        _index = free._index;
        free._index = place;
    }

    /// <summary>Frees the slot.</summary>
    public void Leave()
    {
        decoder.Leave(_index);
        _passes.Clear();
        Grid = null;
    }
}
