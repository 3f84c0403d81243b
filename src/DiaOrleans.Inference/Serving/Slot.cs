using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>One place in the decoder's batch, and the call that has it.</summary>
internal sealed class Slot(int index, DiaModel model) : IDisposable
{
    private readonly TokenSampler _sampler = new(model.Rules, model.Candidates);
    private readonly short[] _sampled = new short[model.Delay.Channels];
    private EncodedText? _text;
    private SamplingSettings _sampling = new();

    /// <summary>The call, or null where the slot is free.</summary>
    public QueuedCall? Call { get; private set; }

    public SpeechGrid? Grid { get; private set; }

    /// <summary>Encodes the text, prefills the prompt, and is ready to step.</summary>
    public void Enter(QueuedCall call)
    {
        var asked = call.Run.Call;
        var defaults = model.Checkpoint.Defaults;
        _sampling = asked.Sampling is { } s ? s with { TopK = defaults.TopK } : new SamplingSettings(defaults.Guidance, defaults.Temperature, defaults.TopP, defaults.TopK);
        _text?.Dispose();
        _text = model.TextEncoder.Encode(call.TextIds);
        model.Decoder.Admit(index, _text, _sampling.Guidance);
        Grid = new SpeechGrid(model.Delay, model.Rules, asked.Prompt, call.MaxFrames, model.Config.Decoder.MaxPositions);
        var prompt = Grid.PromptFrames;
        if (prompt > 0)
        {
            var rows = new CodeGrid(prompt, model.Delay.Channels);
            for (var row = 0; row < prompt; row++) Grid.Row(row).CopyTo(rows.Row(row));
            model.Decoder.Prefill(index, rows.Cells, prompt);
        }

        Call = call;
    }

    /// <summary>Writes the row that the next step feeds.</summary>
    public void Feed() => model.Decoder.Feed(index, Grid!.Row(Grid.Rows - 1), Grid.Rows - 1);

    /// <summary>Chooses the next row's tokens among the step's candidates.</summary>
    public void Advance()
    {
        var grid = Grid!;
        for (var channel = 0; channel < _sampled.Length; channel++)
        {
            if (!grid.NeedsSampling(channel)) continue;
            var candidates = model.Decoder.Candidates(index, channel);
            var uniform = CounterRandom.Uniform(Call!.Run.Call.Seed, grid.Rows, channel);
            _sampled[channel] = (short)_sampler.Choose(channel, candidates.Ids, candidates.Values, _sampling, uniform, candidates.Fallback);
        }

        grid.Append(_sampled);
    }

    /// <summary>Frees the slot.</summary>
    public void Leave()
    {
        model.Decoder.Leave(index);
        (Call, Grid) = (null, null);
    }

    public void Dispose() => _text?.Dispose();
}
