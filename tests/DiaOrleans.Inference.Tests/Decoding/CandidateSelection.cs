using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Tests.Decoding;

/// <summary>
/// The decoder graph's selection among one channel's logits, computed on the host: the expected value for tests of the graph, and the input
/// of tests of <see cref="TokenSampler"/>.
/// </summary>
internal static class CandidateSelection
{
    /// <summary>0626: ids of the largest guided logits of all ids, best first, and their conditional logits.</summary>
    /// <returns>The number written: the length of <paramref name="ids"/>, or the vocabulary if that is smaller.</returns>
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
    /// Classic: ids and guided logits of the largest that the channel may draw, best first, channel 0's EOS damped. The sampler needs one
    /// more than its top-k.
    /// </summary>
    /// <returns>The number written: the length of <paramref name="ids"/>, or of all drawable ids if they are fewer.</returns>
    public static int SelectClassic(
        int channel,
        ReadOnlySpan<float> cond,
        ReadOnlySpan<float> uncond,
        float scale,
        TokenRules rules,
        Span<int> ids,
        Span<float> values)
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
        for (var i = 0; i < count; i++)
        {
            ids[i] = RankedToken.Id(ranked[i]);
            values[i] = RankedToken.Logit(ranked[i]);
        }
        return count;
    }

    /// <summary>The code with the largest conditional logit, for a selection in which no candidate can be drawn.</summary>
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
