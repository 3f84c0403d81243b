namespace DiaOrleans.Inference.Decoding;

/// <summary>
/// Draws one channel's token from the candidates that guidance selected; spec/model.md 4.3 b to h and 3.9. Keeps nothing between calls but scratch
/// memory: one for each thread.
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
    /// The ids with the largest guided logits, best first. 0626 uses the first top-k of all ids. Classic uses the first top-k + 1 of those that the
    /// channel may draw: an EOS that is not the best leaves them.
    /// </param>
    /// <param name="values">Their conditional logits (0626) or guided logits with channel 0's EOS damped (classic).</param>
    /// <param name="settings">Temperature 0 takes the best.</param>
    /// <param name="uniform">From [0, 1).</param>
    /// <param name="fallbackId">
    /// The code with the largest conditional logit, taken where every candidate is a special id. Only 0626 with a top-k of at most
    /// vocab - codebook size can need it; -1 says that there is none.
    /// </param>
    /// <exception cref="NotFiniteNumberException">A candidate's value is NaN or +infinity: the model has overflowed.</exception>
    public int Choose(int channel, ReadOnlySpan<int> ids, ReadOnlySpan<float> values, SamplingSettings settings, double uniform, int fallbackId)
    {
        var count = Weigh(channel, ids, values, settings, out var mass);
        if (count == 0) return Fallback(fallbackId);
        var (last, target) = (count - 1, uniform * mass);
        for (var i = 0; i < last; i++)
        {
            target -= _weights[i];
            if (target < 0) return RankedToken.Id(_ranked[i]);
        }
        return RankedToken.Id(_ranked[last]);
    }

    /// <summary>What <see cref="Choose"/> draws from, most probable first. The outputs must have room for every candidate, and for one.</summary>
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
        for (var i = 0; i < count; i++) (outIds[i], outProbabilities[i]) = (RankedToken.Id(_ranked[i]), _weights[i] / mass);
        if (count > 0) return;
        (outIds[0], outProbabilities[0], count) = (Fallback(fallbackId), 1, 1);
    }

    private static int Fallback(int id) =>
        id >= 0 ? id : throw new InvalidOperationException("No candidate can be drawn, and no fallback was given.");

    /// <summary>Ranks what may be drawn and weighs it, unnormalised; the number of such tokens and the sum of their weights.</summary>
    private int Weigh(int channel, ReadOnlySpan<int> ids, ReadOnlySpan<float> values, SamplingSettings settings, out double mass)
    {
        var count = Settle(Rank(channel, ids, values, settings.TopK), settings.TopK);
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
            var (id, value) = (ids[i], values[i]);
            if (float.IsNaN(value) || float.IsPositiveInfinity(value)) throw new NotFiniteNumberException($"The logit of id {id} in channel {channel} is {value}.");
            if (rules.IsDrawable(channel, id) && !float.IsNegativeInfinity(value)) _ranked[count++] = RankedToken.Pack(value, id);
        }
        _ranked.AsSpan(0, count).Sort();
        return count;
    }

    /// <summary>The rules of EOS. 0626: the best is certain. Classic: the best stays among the top-k. Otherwise it leaves.</summary>
    private int Settle(int count, int topK)
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
        var (kept, above) = (1, _weights[0]);
        for (; kept < count && above <= limit; kept++) above += _weights[kept];
        mass = above;
        return kept;
    }
}
