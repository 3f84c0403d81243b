using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Tests.Kernels;

/// <summary>The operator in sessions of its own, against a sort of all ids.</summary>
public sealed class GuidedTopKTests
{
    private const int Channels = 3;
    private const float Scale = 2.5f;
    private const float EosFactor = 0.8f;

    [Theory]
    [InlineData(1028, 46, 1024, 1000)]
    [InlineData(1028, 1, 1024, 1000)]
    [InlineData(100, 60, 96, 1000)]
    [InlineData(37, 37, 20, 1000)]
    [InlineData(1028, 46, 1024, 4)]
    [InlineData(200, 46, 5, 1)]
    [InlineData(1028, 300, 1024, 5000)]
    public void The_best_ids_are_those_of_a_stable_sort(int vocab, int count, int eos, int levels)
    {
        var random = new Random(vocab + count + levels);
        long[] ends = [vocab, eos + 1, eos];
        using var session = Session(vocab, count, eos, ends);
        for (var round = 0; round < 20; round++)
        {
            var cond = Logits();
            var uncond = Logits();
            var (values, ids) = Run(session, cond, uncond, vocab);
            for (var row = 0; row < 2 * Channels; row++)
            {
                var guided = Guided(cond.AsSpan(row * vocab, vocab), uncond.AsSpan(row * vocab, vocab), eos, (int)ends[row % Channels]);
                var expected = Enumerable.Range(0, vocab).OrderByDescending(id => guided[id]).Take(count).ToArray();
                ids[(row * count)..((row + 1) * count)].ShouldBe(expected.Select(id => (long)id), $"row {row}");
                values[(row * count)..((row + 1) * count)].ShouldBe(expected.Select(id => guided[id]));
            }
        }

        // Few levels: many are equal.
        float[] Logits() => [.. Enumerable.Range(0, 2 * Channels * vocab).Select(_ => random.Next(levels) / 16f)];
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    [InlineData(1027)]
    public void What_is_no_number_is_first(int place)
    {
        using var session = Session(1028, 10, 1024, [1028, 1028, 1028]);
        var cond = new float[2 * Channels * 1028];
        // The sum of infinities of both signs: a NaN with its sign set, on some processors.
        cond[1028 + place] = float.PositiveInfinity;
        var uncond = new float[cond.Length];
        uncond[1028 + place] = float.PositiveInfinity;
        var (values, ids) = Run(session, cond, uncond, 1028);
        ids[10].ShouldBe(place);
        values[10].ShouldBe(float.NaN);
        values[20..].ShouldAllBe(x => x == 0);
    }

    private static float[] Guided(ReadOnlySpan<float> cond, ReadOnlySpan<float> uncond, int eos, int end)
    {
        var guided = new float[cond.Length];
        for (var id = 0; id < guided.Length; id++)
        {
            guided[id] = cond[id] + (cond[id] - uncond[id]) * Scale;
            if (id == eos) guided[id] *= EosFactor;
            if (id >= end) guided[id] = float.NegativeInfinity;
        }

        return guided;
    }

    private static InferenceSession Session(int vocab, int count, int eos, long[] ends)
    {
        var graph = new GraphBuilder("guidance", OnnxType.Float);
        object[] logits = ["slots", 1, Channels, vocab];
        string[] inputs =
        [
            graph.Input("cond", OnnxType.Float, logits),
            graph.Input("uncond", OnnxType.Float, logits),
            graph.Input("scale", OnnxType.Float, "slots", 1, 1, 1),
            graph.Constant([EosFactor], 1),
            graph.Integers(ends),
            graph.Integers(count, eos),
        ];
        graph.Emit(GuidedTopK.OperatorName, inputs, ["values", "ids"], HostOperators.Domain, []);
        graph.DeclareOutput("values", OnnxType.Float, "slots", 1, Channels, count);
        graph.DeclareOutput("ids", OnnxType.Int64, "slots", 1, Channels, count);
        return Device.Cpu.CreateSession(graph.Build(), threads: 2);
    }

    /// <summary>Two slots.</summary>
    private static (float[] Values, long[] Ids) Run(InferenceSession session, float[] cond, float[] uncond, int vocab)
    {
        using var a = OrtValue.CreateTensorValueFromMemory(cond, [2, 1, Channels, vocab]);
        using var b = OrtValue.CreateTensorValueFromMemory(uncond, [2, 1, Channels, vocab]);
        using var scale = OrtValue.CreateTensorValueFromMemory([Scale, Scale], [2, 1, 1, 1]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["cond", "uncond", "scale"], [a, b, scale], ["values", "ids"]);
        return (outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[1].GetTensorDataAsSpan<long>().ToArray());
    }
}
