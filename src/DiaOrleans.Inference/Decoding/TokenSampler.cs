namespace DiaOrleans.Inference.Decoding;

/// <summary>
/// Draws one channel's token from the candidates that guidance selected; docs/model.md, Guidance and sampling, b to g. Its
/// state is scratch memory only: use one instance a thread.
/// </summary>
/// <param name="rules">The model's tokens and its profile.</param>
/// <param name="maxCandidates">The most candidates of a call.</param>
public sealed class TokenSampler(TokenRules rules, int maxCandidates)
{
    private readonly ulong[] _ranked = new ulong[maxCandidates];
    private readonly double[] _weights = new double[maxCandidates];

    /// <summary>Draws a token.</summary>
    /// <param name="channel">Channel (codebook).</param>
    /// <param name="ids">
    /// The ids with the largest guided logits, best first. 0626 uses the first top-k of all ids. Classic uses the first top-k + 1 of those
    /// that the channel may draw: an EOS that is not the best leaves them.
    /// </param>
    /// <param name="values">Their conditional logits (0626) or guided logits with channel 0's EOS damped (classic).</param>
    /// <param name="settings">Temperature 0 takes the best.</param>
    /// <param name="uniform">From [0, 1).</param>
    /// <param name="fallbackId">
    /// The code with the largest conditional logit, taken if every candidate is a special id. Only 0626 with a top-k of at most vocab -
    /// codebook size can need it; -1 if there is none.
    /// </param>
    /// <exception cref="NotFiniteNumberException">A candidate's value is NaN or +infinity: the model has overflowed.</exception>
    public int Choose(
        int channel,
        ReadOnlySpan<int> ids,
        ReadOnlySpan<float> values,
        SamplingSettings settings,
        double uniform,
        int fallbackId)
    {
        var count = Weigh(channel, ids, values, settings, out var mass);
        if (count == 0) return Fallback(fallbackId);
        var last = count - 1;
        var target = uniform * mass;
        for (var i = 0; i < last; i++)
        {
            target -= _weights[i];
            if (target < 0) return RankedToken.Id(_ranked[i]);
        }
        return RankedToken.Id(_ranked[last]);
    }

    /// <summary>
    /// The distribution that <see cref="Choose"/> draws from, most probable first. The outputs need an element for every candidate.
    /// </summary>
    public void Probabilities(
        int channel,
        ReadOnlySpan<int> ids,
        ReadOnlySpan<float> values,
        SamplingSettings settings,
        int fallbackId,
        Span<int> outIds,
        Span<double> outProbabilities,
        out int count)
    {
        count = Weigh(channel, ids, values, settings, out var mass);
        for (var i = 0; i < count; i++)
        {
            outIds[i] = RankedToken.Id(_ranked[i]);
            outProbabilities[i] = _weights[i] / mass;
        }

        if (count > 0) return;
        outIds[0] = Fallback(fallbackId);
        outProbabilities[0] = 1;
        count = 1;
    }

    private static int Fallback(int id) =>
        id >= 0 ? id : throw new InvalidOperationException("No candidate can be drawn, and no fallback was given.");

    /// <summary>Ranks the tokens that may be drawn and computes their weights, not normalised; gives their number and mass.</summary>
    private int Weigh(int channel, ReadOnlySpan<int> ids, ReadOnlySpan<float> values, SamplingSettings settings, out double mass)
    {
        var count = ApplyEosRules(Rank(channel, ids, values, settings.TopK), settings.TopK);
        if (settings.Temperature == 0 && count > 0) count = 1;
        mass = 0;
        if (count == 0) return 0;
        double best = RankedToken.Logit(_ranked[0]);
        for (var i = 0; i < count; i++)
        {
            _weights[i] = i == 0 ? 1 : Math.Exp((RankedToken.Logit(_ranked[i]) - best) / settings.Temperature);
            mass += _weights[i];
        }
        return settings.TopP < 1 ? Nucleus(count, settings.TopP, ref mass) : count;
    }

    private int Rank(int channel, ReadOnlySpan<int> ids, ReadOnlySpan<float> values, int topK)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        var offered = rules.Classic ? Math.Min(ids.Length - 1, topK) + 1 : Math.Min(ids.Length, topK);
        var count = 0;
        for (var i = 0; i < offered; i++)
        {
            var id = ids[i];
            var value = values[i];
            if (float.IsNaN(value) || float.IsPositiveInfinity(value))
                throw new NotFiniteNumberException($"The logit of id {id} in channel {channel} is {value}.");
            if (rules.IsDrawable(channel, id) && !float.IsNegativeInfinity(value)) _ranked[count++] = RankedToken.Pack(value, id);
        }
        _ranked.AsSpan(0, count).Sort();
        return count;
    }

    /// <summary>If EOS is the best: 0626 draws it, classic keeps it among the top-k. Otherwise it is removed.</summary>
    private int ApplyEosRules(int count, int topK)
    {
        if (count > 0 && RankedToken.Id(_ranked[0]) == rules.Eos) return rules.Classic ? Math.Min(count, topK) : 1;
        for (var i = 1; i < count; i++)
        {
            if (RankedToken.Id(_ranked[i]) != rules.Eos) continue;
            _ranked.AsSpan((i + 1)..count).CopyTo(_ranked.AsSpan(i));
            count--;
        }
        return Math.Min(count, topK);
    }

    /// <summary>Keeps a token while the mass before it is at most <paramref name="topP"/>, the first one always.</summary>
    private int Nucleus(int count, double topP, ref double mass)
    {
        var limit = topP * mass;
        var kept = 1;
        var above = _weights[0];
        for (; kept < count && above <= limit; kept++) above += _weights[kept];
        mass = above;
        return kept;
    }
}
