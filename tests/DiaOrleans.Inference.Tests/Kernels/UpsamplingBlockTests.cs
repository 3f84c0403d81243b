using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Tests.Kernels;

/// <summary>The blocks of the codec's decoder in sessions of their own, against their formula in fp64.</summary>
public sealed class UpsamplingBlockTests
{
    private const double Tolerance = 5e-5;

    // Less than a segment of a vector each, segments that are convolved plainly, by tiles, and several parts.
    private static readonly int[] Times = [1, 2, 7, 20, 77, 200, 1001, 9000];

    public UpsamplingBlockTests() => Assert.SkipUnless(Convolution.IsSupported, "the operator needs AVX-512");

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 4)]
    [InlineData(false, 2)]
    public void Any_length_has_the_values_of_the_formula(bool isLast, int stride)
    {
        var block = new BlockFormula(seed: stride, stride, isLast);
        using var session = Session(block, threads: 1);
        foreach (var time in Times)
        {
            var x = BlockFormula.Values(2 * BlockFormula.Inputs * time, seed: time);
            var y = Run(session, x, windows: 2, 0, time * stride);
            double[] expected = [.. x.Chunk(x.Length / 2).SelectMany(block.Expected)];
            y.Length.ShouldBe(expected.Length);
            for (var i = 0; i < y.Length; i++)
                ((double)y[i]).ShouldBe(expected[i], Tolerance * (1 + Math.Abs(expected[i])), $"{time}: {i}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_part_of_the_output_has_the_values_of_the_whole(bool isLast)
    {
        const int Time = 400;
        var block = new BlockFormula(seed: 2, stride: 4, isLast);
        using var session = Session(block, threads: 1);
        var x = BlockFormula.Values(BlockFormula.Inputs * Time, seed: 3);
        var rows = Run(session, x, windows: 1, 0, 4 * Time).Chunk(4 * Time).ToArray();
        foreach (var (from, to) in (ReadOnlySpan<(int, int)>)[(0, 1), (3, 50), (41, 700), (600, 1600), (1597, 1600)])
        {
            var part = Run(session, x, windows: 1, from, to).Chunk(to - from).ToArray();
            part.Length.ShouldBe(rows.Length);
            for (var channel = 0; channel < part.Length; channel++)
            {
                for (var i = 0; i < to - from; i++)
                    part[channel][i].ShouldBe(rows[channel][from + i], (float)Tolerance, $"{from} to {to}: {channel}, {i}");
            }
        }
    }

    [Fact]
    public void A_window_depends_on_neither_the_others_nor_the_threads()
    {
        const int Time = 9000;
        var block = new BlockFormula(seed: 4, stride: 4, isLast: false);
        using var one = Session(block, threads: 1);
        using var two = Session(block, threads: 2);
        var x = BlockFormula.Values(BlockFormula.Inputs * Time, seed: 5);
        var alone = Run(one, x, windows: 1, 100, 35_000);
        Run(two, x, windows: 1, 100, 35_000).ShouldBe(alone);
        float[] both = [.. BlockFormula.Values(x.Length, seed: 6), .. x];
        Run(two, both, windows: 2, 100, 35_000)[alone.Length..].ShouldBe(alone);
    }

    private static InferenceSession Session(BlockFormula block, int threads)
    {
        var graph = new GraphBuilder("block", OnnxType.Float);
        string[] data =
        [
            graph.Input("x", OnnxType.Float, "windows", BlockFormula.Inputs, "time"),
            graph.Input("from", OnnxType.Int64, 1),
            graph.Input("to", OnnxType.Int64, 1),
        ];
        var y = graph.Node(block.OperatorName, HostOperators.Domain, [.. data, .. block.Weights(graph)]);
        graph.Output("y", y, OnnxType.Float, "windows", block.Outputs, "length");
        return Device.Cpu.CreateSession(graph.Build(), threads);
    }

    private static float[] Run(InferenceSession session, float[] x, int windows, long from, long to) =>
        KernelRuns.Run(session, x, [windows, BlockFormula.Inputs, x.Length / windows / BlockFormula.Inputs], ("from", from), ("to", to));
}
