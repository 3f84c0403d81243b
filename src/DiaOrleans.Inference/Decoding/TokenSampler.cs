namespace DiaOrleans.Inference.Decoding;

/// <summary>
/// Chooses a channel's token among the candidates that guidance selected, best first; spec/model.md 4.3 c to h, and 3.9. Candidate values are cond logits (0626), or
/// guided logits already masked and scaled (classic), then one candidate more than top-k. Keeps scratch memory: one sampler a thread.
/// </summary>
public sealed class TokenSampler(TokenRules rules, int maxCandidates)
{
    private readonly int[] _ids = new int[maxCandidates];
    private readonly double[] _values = new double[maxCandidates];

    /// <summary>One token. <paramref name="uniform"/> is in [0, 1); <paramref name="fallback"/> is taken where no candidate may be.</summary>
    public int Choose(int channel, ReadOnlySpan<int> ids, ReadOnlySpan<float> values, int fallback, SamplingSettings settings, double uniform)
    {
        var kept = Keep(channel, ids, values, settings);
        if (kept == 0) return fallback;
        if (settings.Temperature == 0) return _ids[0];
        kept = Weigh(kept, settings);
        double below = 0, total = 0;
        for (var i = 0; i < kept; i++) total += _values[i];
        for (var i = 0; i < kept; i++)
        {
            below += _values[i];
            if (uniform * total < below) return _ids[i];
        }

        return _ids[kept - 1];
    }

    /// <summary>What <see cref="Choose"/> draws from: ids with their probabilities, the most probable first.</summary>
    public int Probabilities(int channel, ReadOnlySpan<int> ids, ReadOnlySpan<float> values, SamplingSettings settings, Span<int> outIds, Span<double> outProbabilities)
    {
        var kept = Keep(channel, ids, values, settings);
        if (kept == 0) return 0;
        kept = settings.Temperature == 0 ? 1 : Weigh(kept, settings);
        double total = 0;
        for (var i = 0; i < kept; i++) total += settings.Temperature == 0 ? 1 : _values[i];
        for (var i = 0; i < kept; i++)
        {
            outIds[i] = _ids[i];
            outProbabilities[i] = (settings.Temperature == 0 ? 1 : _values[i]) / total;
        }

        return kept;
    }

    /// <summary>The candidates that may be chosen, best first.</summary>
    private int Keep(int channel, ReadOnlySpan<int> ids, ReadOnlySpan<float> values, SamplingSettings settings)
    {
        var kept = 0;
        for (var i = 0; i < ids.Length; i++)
        {
            if (float.IsNegativeInfinity(values[i]) || !(ids[i] < rules.CodebookSize || (channel == 0 && ids[i] == rules.Eos))) continue;
            Insert(kept++, ids[i], values[i]);
        }

        if (kept == 0 || channel != 0) return Math.Min(kept, settings.TopK);
        if (_ids[0] == rules.Eos) return rules.Classic ? Math.Min(kept, settings.TopK) : 1;
        var eos = Array.IndexOf(_ids, rules.Eos, 0, kept);
        if (eos >= 0)
        {
            Array.Copy(_ids, eos + 1, _ids, eos, kept - eos - 1);
            Array.Copy(_values, eos + 1, _values, eos, kept - eos - 1);
            kept--;
        }

        return Math.Min(kept, settings.TopK);
    }

    private void Insert(int count, int id, double value)
    {
        var at = count;
        // Equal values keep the order of the candidates, lower ids first: the first maximum is what an argmax gives.
        while (at > 0 && (_values[at - 1] < value || (_values[at - 1] == value && _ids[at - 1] > id)))
        {
            (_values[at], _ids[at]) = (_values[at - 1], _ids[at - 1]);
            at--;
        }

        (_values[at], _ids[at]) = (value, id);
    }

    /// <summary>Turns logits into weights and cuts the tail off: a token stays while the mass above it is at most top-p.</summary>
    private int Weigh(int kept, SamplingSettings settings)
    {
        var best = _values[0];
        double total = 0;
        for (var i = 0; i < kept; i++)
        {
            _values[i] = Math.Exp((_values[i] - best) / settings.Temperature);
            total += _values[i];
        }

        if (settings.TopP >= 1) return kept;
        double above = 0;
        for (var i = 0; i < kept; i++)
        {
            if (i > 0 && above > settings.TopP * total) return i;
            above += _values[i];
        }

        return kept;
    }
}
