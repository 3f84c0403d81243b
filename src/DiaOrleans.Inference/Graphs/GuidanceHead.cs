using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Graphs;

/// <summary>
/// From both guidance rows' fp32 logits to the candidates of every channel, best first; docs/model.md, Guidance and sampling, a and b.
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
    /// <param name="graph">The decoder's graph.</param>
    /// <param name="config">The model.</param>
    /// <param name="cond">Logits of the conditional rows.</param>
    /// <param name="uncond">Logits of the unconditional rows.</param>
    /// <param name="scale">Guidance scales.</param>
    /// <param name="topK">The top-k of sampling.</param>
    /// <param name="onHost">Whether <see cref="HostOperators"/> choose the candidates.</param>
    public static void Add(GraphBuilder graph, DiaConfig config, string cond, string uncond, string scale, int topK, bool onHost = false)
    {
        var classic = config.Profile == DiaProfile.Classic;
        var k = Candidates(config.Profile, topK, config.Decoder.Vocab);
        var fallback = HasFallback(topK, config.Decoder.Vocab, config.Eos);
        var best = classic ? Values : graph.Fresh("best");
        var guided = onHost && !(classic && fallback) ? "" : Guide(graph, config, cond, uncond, scale);
        if (onHost) Choose(graph, config, [cond, uncond, scale], k, best);
        else graph.Emit("TopK", [guided, graph.Integers(k)], [best, Ids], "", [("axis", -1L), ("largest", 1L), ("sorted", 1L)]);
        if (!classic) graph.Emit("GatherElements", [cond, Ids], [Values], "", [("axis", -1L)]);
        graph.DeclareOutput(Ids, OnnxType.Int64, "slots", 1, config.Decoder.Channels, k);
        graph.DeclareOutput(Values, OnnxType.Float, "slots", 1, config.Decoder.Channels, k);

        if (!fallback) return;
        var codes = graph.Node("Slice", [classic ? guided : cond, graph.Integers(0), graph.Integers(config.Eos), graph.Integers(-1)]);
        graph.Emit("ArgMax", [codes], [Fallback], "", [("axis", -1L), ("keepdims", 0L)]);
        graph.DeclareOutput(Fallback, OnnxType.Int64, "slots", 1, config.Decoder.Channels);
    }

    private static string Guide(GraphBuilder graph, DiaConfig config, string cond, string uncond, string scale)
    {
        var channels = config.Decoder.Channels;
        var vocab = config.Decoder.Vocab;
        var guided = graph.Node("Add", [cond, graph.Node("Mul", [graph.Node("Sub", [cond, uncond]), scale])]);
        if (config.Profile != DiaProfile.Classic) return guided;
        var (factor, mask) = ClassicMasks(config);
        guided = graph.Node("Mul", [guided, graph.Constant(OnnxType.Float, factor, 1, 1, channels, vocab)]);
        return graph.Node("Add", [guided, graph.Constant(OnnxType.Float, mask, 1, 1, channels, vocab)]);
    }

    private static void Choose(GraphBuilder graph, DiaConfig config, string[] logits, int k, string best)
    {
        var classic = config.Profile == DiaProfile.Classic;
        var factor = graph.Constant(OnnxType.Float, [classic ? TokenRules.ClassicEosFactor : 1], 1);
        var vocab = config.Decoder.Vocab;
        long[] ends = [.. Enumerable.Range(0, config.Decoder.Channels).Select(c => classic ? FirstMasked(config, c) : vocab)];
        string[] inputs = [.. logits, factor, graph.Integers(ends), graph.Integers(k, config.Eos)];
        graph.Emit(GuidedTopK.OperatorName, inputs, [best, Ids], HostOperators.Domain, []);
    }

    /// <summary>The first id that a channel may not draw in the classic profile.</summary>
    private static int FirstMasked(DiaConfig config, int channel) => channel == 0 ? config.Eos + 1 : config.Eos;

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
            var firstMasked = FirstMasked(config, channel);
            Array.Fill(mask, float.NegativeInfinity, channel * vocab + firstMasked, vocab - firstMasked);
        }

        return (factor, mask);
    }
}
