using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Tests.Decoding;
using DiaOrleans.Inference.Tests.Reference;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Tests.Graphs;

/// <summary>
/// The selection inside the graph against the same selection on the host, on the reference set's logits with all their edge cases.
/// </summary>
[Trait("Category", "Reference")]
public sealed class GuidanceHeadTests
{
    [Theory]
    [InlineData("dia-0626-tiny", "", 45, false)]
    [InlineData("dia-0626-tiny", "", 45, true)]
    [InlineData("dia-0626-tiny", "", 100, false)]
    [InlineData("dia-0626-tiny", "", 100, true)]
    [InlineData("dia-0626-tiny", "", 3, false)]
    [InlineData("dia-0626-tiny", "", 3, true)]
    [InlineData("dia-classic-tiny", "classic.", 45, false)]
    [InlineData("dia-classic-tiny", "classic.", 45, true)]
    [InlineData("dia-classic-tiny", "classic.", 15, false)]
    [InlineData("dia-classic-tiny", "classic.", 15, true)]
    [InlineData("dia-classic-tiny", "classic.", 3, true)]
    public void The_graph_selects_what_the_host_selects(string checkpoint, string prefix, int topK, bool onHost)
    {
        var vectors = VectorFile.Open("sampler");
        var config = DiaConfig.Read(ReferenceCheckpoints.Folder(checkpoint));
        var classic = config.Profile == DiaProfile.Classic;
        var rules = new TokenRules(config.Bos, config.Eos, config.Pad, config.Eos, config.Decoder.Vocab, classic);
        var cond = vectors.Floats($"{prefix}cond");
        var uncond = vectors.Floats($"{prefix}uncond");
        var vocab = config.Decoder.Vocab;
        var rowSize = config.Decoder.Vocab * config.Decoder.Channels;
        using var session = Session(config, topK, onHost);
        foreach (var scale in (float[])[0f, 3f])
        {
            for (var row = 0; row < cond.Length / rowSize; row++)
            {
                var (ids, values, fallback) = Run(
                    session,
                    config,
                    cond[(row * rowSize)..((row + 1) * rowSize)],
                    uncond[(row * rowSize)..((row + 1) * rowSize)],
                    scale);
                var k = ids.Length / config.Decoder.Channels;
                k.ShouldBe(classic ? topK + 1 : topK);
                for (var channel = 0; channel < config.Decoder.Channels; channel++)
                {
                    var at = row * rowSize + channel * vocab;
                    var expectedIds = new int[k];
                    var expectedValues = new float[k];
                    var c = cond.AsSpan(at, vocab);
                    var u = uncond.AsSpan(at, vocab);
                    if (classic) CandidateSelection.SelectClassic(channel, c, u, scale, rules, expectedIds, expectedValues);
                    else CandidateSelection.Select0626(c, u, scale, expectedIds, expectedValues);
                    ids[(channel * k)..((channel + 1) * k)]
                        .ShouldBe(expectedIds.Select(id => (long)id), $"row {row}, channel {channel}, scale {scale}");
                    for (var i = 0; i < k; i++) values[channel * k + i].ShouldBe(expectedValues[i], 1e-4f);
                    if (!classic && fallback is not null) fallback[channel].ShouldBe(CandidateSelection.Fallback(c, rules));
                }
            }
        }
    }

    private static InferenceSession Session(DiaConfig config, int topK, bool onHost)
    {
        var graph = new GraphBuilder("guidance", OnnxType.Float);
        object[] logits = [1, 1, config.Decoder.Channels, config.Decoder.Vocab];
        GuidanceHead.Add(
            graph,
            config,
            graph.Input("cond", OnnxType.Float, logits),
            graph.Input("uncond", OnnxType.Float, logits),
            graph.Input("scale", OnnxType.Float, 1, 1, 1, 1),
            topK,
            onHost);
        return Device.Cpu.CreateSession(graph.Build(), threads: 1);
    }

    private static (long[] Ids, float[] Values, long[]? Fallback) Run(
        InferenceSession session,
        DiaConfig config,
        float[] cond,
        float[] uncond,
        float scale)
    {
        long[] shape = [1, 1, config.Decoder.Channels, config.Decoder.Vocab];
        using var a = OrtValue.CreateTensorValueFromMemory(cond, shape);
        using var b = OrtValue.CreateTensorValueFromMemory(uncond, shape);
        using var s = OrtValue.CreateTensorValueFromMemory([scale], [1, 1, 1, 1]);
        using var options = new RunOptions();
        var names = session.OutputNames.ToArray();
        using var outputs = session.Run(options, ["cond", "uncond", "scale"], [a, b, s], names);
        var fallback = Array.IndexOf(names, GuidanceHead.Fallback);
        return (
            outputs[Array.IndexOf(names, GuidanceHead.Ids)].GetTensorDataAsSpan<long>().ToArray(),
            outputs[Array.IndexOf(names, GuidanceHead.Values)].GetTensorDataAsSpan<float>().ToArray(),
            fallback < 0 ? null : outputs[fallback].GetTensorDataAsSpan<long>().ToArray());
    }
}
