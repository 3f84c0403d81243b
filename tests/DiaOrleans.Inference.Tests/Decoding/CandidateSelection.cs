using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Tests.Decoding;

/// <summary>
/// What the decoder graph does with one channel's logits before <see cref="TokenSampler"/>, on the host: for the literal mode and as the graph's measure.
/// </summary>
internal static class CandidateSelection
{
    /// <summary>0626: ids of the largest guided logits of all ids, best first, and their conditional logits.</summary>
    /// <returns>How many were written: the length of <paramref name="ids"/>, or the vocabulary where that is smaller.</returns>
    public static int Select0626(ReadOnlySpan<float> cond, ReadOnlySpan<float> uncond, float scale, Span<int> ids, Span<float> values)
    {
        Span<ulong> ranked = stackalloc ulong[cond.Length];
        for (var id = 0; id < cond.Length; id++) ranked[id] = RankedToken.Pack(Guide(cond[id], uncond[id], scale), id);
        ranked.Sort();
        var count = Math.Min(ids.Length, ranked.Length);
        for (var i = 0; i < count; i++)
        {
            ids[i] = RankedToken.Id(ranked[i]);
            values[i] = cond[ids[i]];
        }
        return count;
    }

    /// <summary>
    /// Classic: ids and guided logits of the largest that the channel may draw, best first, channel 0's EOS damped. The sampler needs one more than its top-k.
    /// </summary>
    /// <returns>How many were written: the length of <paramref name="ids"/>, or all drawable ids where they are fewer.</returns>
    public static int SelectClassic(
        int channel, ReadOnlySpan<float> cond, ReadOnlySpan<float> uncond, float scale, TokenRules rules, Span<int> ids, Span<float> values)
    {
        Span<ulong> ranked = stackalloc ulong[cond.Length];
        var drawable = 0;
        for (var id = 0; id < cond.Length; id++)
        {
            if (!rules.IsDrawable(channel, id)) continue;
            var guided = Guide(cond[id], uncond[id], scale);
            ranked[drawable++] = RankedToken.Pack(id == rules.Eos ? guided * TokenRules.ClassicEosFactor : guided, id);
        }
        ranked[..drawable].Sort();
        var count = Math.Min(ids.Length, drawable);
        for (var i = 0; i < count; i++) (ids[i], values[i]) = (RankedToken.Id(ranked[i]), RankedToken.Logit(ranked[i]));
        return count;
    }

    /// <summary>The code with the largest conditional logit: what is left when no candidate can be drawn.</summary>
    public static int Fallback(ReadOnlySpan<float> cond, TokenRules rules)
    {
        var best = 0;
        for (var id = 1; id < rules.CodebookSize; id++)
        {
            if (cond[id] > cond[best]) best = id;
        }
        return best;
    }

    private static float Guide(float cond, float uncond, float scale) => cond + (scale * (cond - uncond));
}
