using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// From both guidance rows' fp32 logits to the candidates of every channel, best first; spec/model.md 4.3 a and b, and 3.9.
/// The host reads k candidates and not the whole vocabulary. Computed in fp32 for every activation type.
/// </summary>
internal static class GuidanceHead
{
    /// <summary>Output: int64 [slots, 1, channels, k].</summary>
    public const string Ids = "candidate_ids";
    /// <summary>Output: fp32 [slots, 1, channels, k].</summary>
    public const string Values = "candidate_values";
    /// <summary>Output: int64 [slots, 1, channels], if <see cref="HasFallback"/>.</summary>
    public const string Fallback = "fallback_ids";

    /// <summary>How many candidates the graph gives for a top-k; one more in the classic profile, because EOS may leave the set.</summary>
    public static int Candidates(DiaProfile profile, int topK, int vocab) =>
        Math.Min(profile == DiaProfile.Classic ? topK + 1 : topK, vocab);

    /// <summary>
    /// True if so few candidates are taken that all may be special ids; then the graph also gives each channel's best code.
    /// </summary>
    public static bool HasFallback(int topK, int vocab, int eos) => topK <= vocab - eos;

    /// <summary>
    /// <paramref name="cond"/> and <paramref name="uncond"/> are fp32 [slots, 1, channels, vocab], <paramref name="scale"/> fp32 [slots, 1,
    /// 1, 1]. Ids and values are [slots, 1, channels, k]: the values are cond's (0626) or the guided ones (classic).
    /// </summary>
    public static void Add(GraphBuilder graph, DiaConfig config, string cond, string uncond, string scale, int topK)
    {
        var channels = config.Decoder.Channels;
        var vocab = config.Decoder.Vocab;
        var classic = config.Profile == DiaProfile.Classic;
        var guided = graph.Node("Add", [cond, graph.Node("Mul", [graph.Node("Sub", [cond, uncond]), scale])]);
        if (classic)
        {
            var (factor, mask) = ClassicMasks(config);
            guided = graph.Node("Mul", [guided, graph.Constant(OnnxType.Float, factor, 1, 1, channels, vocab)]);
            guided = graph.Node("Add", [guided, graph.Constant(OnnxType.Float, mask, 1, 1, channels, vocab)]);
        }

        var k = Candidates(config.Profile, topK, vocab);
        var best = classic ? Values : graph.Fresh("best");
        graph.Emit("TopK", [guided, graph.Integers(k)], [best, Ids], "", [("axis", -1L), ("largest", 1L), ("sorted", 1L)]);
        if (!classic) graph.Emit("GatherElements", [cond, Ids], [Values], "", [("axis", -1L)]);
        graph.DeclareOutput(Ids, OnnxType.Int64, "slots", 1, channels, k);
        graph.DeclareOutput(Values, OnnxType.Float, "slots", 1, channels, k);

        if (!HasFallback(topK, vocab, config.Eos)) return;
        var codes = graph.Node("Slice", [classic ? guided : cond, graph.Integers(0), graph.Integers(config.Eos), graph.Integers(-1)]);
        graph.Emit("ArgMax", [codes], [Fallback], "", [("axis", -1L), ("keepdims", 0L)]);
        graph.DeclareOutput(Fallback, OnnxType.Int64, "slots", 1, channels);
    }

    private static (float[] Factor, float[] Mask) ClassicMasks(DiaConfig config)
    {
        var channels = config.Decoder.Channels;
        var vocab = config.Decoder.Vocab;
        var factor = new float[channels * vocab];
        var mask = new float[channels * vocab];
        Array.Fill(factor, 1f);
        factor[config.Eos] = TokenRules.ClassicEosFactor;
        for (var channel = 0; channel < channels; channel++)
        {
            var firstMasked = channel == 0 ? config.Eos + 1 : config.Eos;
            Array.Fill(mask, float.NegativeInfinity, channel * vocab + firstMasked, vocab - firstMasked);
        }

        return (factor, mask);
    }
}
