using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Execution;

/// <summary>One slot of the decoder's batch: the token rows of its request, and the sampler that extends them.</summary>
/// <param name="index">Index in the decoder's batch.</param>
/// <param name="model">The model.</param>
/// <param name="decoder">A decoder of the model.</param>
internal sealed class Slot(int index, DiaModel model, DecoderRunner decoder)
{
    private int _index = index;
    private readonly TokenSampler _sampler = new(model.Rules, model.Candidates);
    private readonly short[] _sampled = new short[model.Delay.Channels];
    private SamplingSettings _sampling = model.Sampling;
    private long _seed;

    /// <summary>Rows of the request; null if the slot is free.</summary>
    public SpeechGrid? Grid { get; private set; }

    /// <summary>
    /// Encodes the text and prefills the prompt; the slot is then ready to step, unless <see cref="Grid"/> is finished: all frames of the
    /// request were made before.
    /// </summary>
    public void Enter(DecodeRequest request)
    {
        _sampling = request.Sampling is { } wanted ? wanted with { TopK = model.Sampling.TopK } : model.Sampling;
        _seed = request.Seed;
        var maxRows = model.Config.Decoder.MaxPositions;
        var grid = new SpeechGrid(model.Delay, model.Rules, request.Prompt, request.MaxFrames, maxRows, request.Made);
        Grid = grid;
        if (grid.Finished) return;
        using (var text = model.TextEncoder.Encode(request.TextIds)) decoder.Admit(_index, text, _sampling.Guidance);
        var rows = new CodeGrid(grid.PromptFrames, model.Delay.Channels);
        for (var row = 0; row < rows.Rows; row++) grid.Row(row).CopyTo(rows.Row(row));
        decoder.Prefill(_index, rows.Cells, rows.Rows);
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

    /// <summary>Moves this slot's request to the place of a free slot, which takes this one's place in the batch.</summary>
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
        Grid = null;
    }
}
