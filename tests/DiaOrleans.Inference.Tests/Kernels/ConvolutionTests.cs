using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Kernels;
using Microsoft.ML.OnnxRuntime;
using static DiaOrleans.Inference.Tests.Kernels.KernelRuns;

namespace DiaOrleans.Inference.Tests.Kernels;

/// <summary>The operators that compute convolutions with Snake, in sessions of their own, against their formulas in fp64.</summary>
public sealed class ConvolutionTests
{
    private const int Channels = 8;
    private const double Tolerance = 2e-5;

    // Less than a vector, than a group of elements, than a part; several parts with a rest.
    private static readonly int[] Times = [1, 5, 16, 63, 64, 65, 200, 1024, 1030, 2500];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public void A_residual_unit_of_any_length_has_the_values_of_the_formula(int dilation)
    {
        var unit = new Unit(seed: dilation, dilation);
        using var session = unit.Session(threads: 1);
        foreach (var time in Times)
        {
            var x = Values(2 * Channels * time, seed: time);
            ShouldMatch(Run(session, x, [2, Channels, time]), [.. Windows(x, 2).SelectMany(unit.Expected)], $"{time}");
        }
    }

    [Fact]
    public void A_residual_unit_depends_on_neither_its_place_nor_the_threads()
    {
        const int Time = 3000;
        const int Moved = 1500;
        // Elements to each side that an element depends on: three taps of dilation 9.
        const int Reach = 27;
        var unit = new Unit(seed: 4, dilation: 9);
        using var one = unit.Session(threads: 1);
        using var two = unit.Session(threads: 2);
        var x = Values(Channels * Time, seed: 5);
        var whole = Run(one, x, [1, Channels, Time]);
        Run(two, x, [1, Channels, Time]).ShouldBe(whole);
        Run(one, [.. Values(Channels * Time, seed: 6), .. x], [2, Channels, Time])[whole.Length..].ShouldBe(whole);

        float[] part = [.. x.Chunk(Time).SelectMany(row => row[Moved..])];
        var moved = Run(one, part, [1, Channels, Time - Moved]).Chunk(Time - Moved).ToArray();
        var rows = whole.Chunk(Time).ToArray();
        for (var channel = 0; channel < Channels; channel++) moved[channel][Reach..].ShouldBe(rows[channel][(Moved + Reach)..]);
    }

    [Fact]
    public void A_convolution_to_one_channel_of_any_length_has_the_values_of_the_formula()
    {
        var layer = new Layer(seed: 7);
        using var session = layer.Session();
        foreach (var time in Times)
        {
            var x = Values(2 * Channels * time, seed: time);
            ShouldMatch(Run(session, x, [2, Channels, time]), [.. Windows(x, 2).SelectMany(layer.Expected)], $"{time}");
        }
    }

    private static IEnumerable<float[]> Windows(float[] x, int count) => x.Chunk(x.Length / count);

    private static void ShouldMatch(float[] actual, double[] expected, string what)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < actual.Length; i++)
            ((double)actual[i]).ShouldBe(expected[i], Tolerance * (1 + Math.Abs(expected[i])), $"{what}: {i}");
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
    }

    private static double[] Snake(double[] x, float[] alphas, int time) =>
        [.. x.Select((value, i) => value + Math.Pow(Math.Sin(alphas[i / time] * value), 2) / alphas[i / time])];

    /// <summary>[outputs, time] of a weight [outputs, inputs, taps], with zeros around x.</summary>
    private static double[] Convolve(double[] x, int inputs, float[] weight, float[] bias, int taps, int dilation)
    {
        var time = x.Length / inputs;
        var y = new double[bias.Length * time];
        for (var i = 0; i < y.Length; i++)
        {
            var (output, t) = (i / time, i % time);
            y[i] = bias[output];
            for (var input = 0; input < inputs; input++)
            {
                for (var k = 0; k < taps; k++)
                {
                    var at = t + (k - taps / 2) * dilation;
                    if (at >= 0 && at < time) y[i] += (double)weight[(output * inputs + input) * taps + k] * x[input * time + at];
                }
            }
        }

        return y;
    }

    /// <summary>[outputs, inputs, taps] as [outputs / 4, inputs, taps, 4].</summary>
    private static string Weight(GraphBuilder graph, float[] weight, int inputs, int taps)
    {
        var outputs = weight.Length / inputs / taps;
        var grouped = new float[weight.Length];
        for (var i = 0; i < weight.Length; i++)
        {
            var (output, element) = (i / (inputs * taps), i % (inputs * taps));
            grouped[(output / 4 * inputs * taps + element) * 4 + output % 4] = weight[i];
        }

        return graph.Constant(grouped, outputs / 4, inputs, taps, 4);
    }

    private static string Vector(GraphBuilder graph, IEnumerable<float> values)
    {
        float[] all = [.. values];
        return graph.Constant(all, all.Length);
    }

    private static InferenceSession Session(int outputs, int threads, Func<GraphBuilder, string, string> node)
    {
        var graph = new GraphBuilder("convolution", OnnxType.Float);
        var x = graph.Input("x", OnnxType.Float, "windows", Channels, "time");
        graph.Output("y", node(graph, x), OnnxType.Float, "windows", outputs, "time");
        return Device.Cpu.CreateSession(graph.Build(), threads);
    }

    private sealed class Unit(int seed, int dilation)
    {
        private readonly float[] _alphas = [.. Values(Channels, seed).Select(a => a + 1.5f)];
        private readonly float[] _innerAlphas = [.. Values(Channels, seed + 100).Select(a => a + 1.5f)];
        private readonly float[] _weight = Values(Channels * Channels * 7, seed + 200);
        private readonly float[] _bias = Values(Channels, seed + 300);
        private readonly float[] _innerWeight = Values(Channels * Channels, seed + 400);
        private readonly float[] _innerBias = Values(Channels, seed + 500);

        public InferenceSession Session(int threads) => ConvolutionTests.Session(Channels, threads, (graph, x) =>
        {
            string[] outer =
            [
                x,
                Vector(graph, _alphas),
                Vector(graph, _alphas.Select(a => 1 / a)),
                Weight(graph, _weight, Channels, 7),
                Vector(graph, _bias),
                graph.Integers(dilation),
            ];
            string[] inner =
            [
                Vector(graph, _innerAlphas),
                Vector(graph, _innerAlphas.Select(a => 1 / a)),
                Weight(graph, _innerWeight, Channels, 1),
                Vector(graph, _innerBias),
            ];
            return graph.Node(ResidualUnit.OperatorName, HostOperators.Domain, [.. outer, .. inner]);
        });

        public double[] Expected(float[] window)
        {
            double[] x = [.. window.Select(value => (double)value)];
            var time = x.Length / Channels;
            var y = Convolve(Snake(x, _alphas, time), Channels, _weight, _bias, taps: 7, dilation);
            y = Convolve(Snake(y, _innerAlphas, time), Channels, _innerWeight, _innerBias, taps: 1, dilation: 1);
            return [.. x.Zip(y, (a, b) => a + b)];
        }
    }

    private sealed class Layer(int seed)
    {
        private readonly float[] _alphas = [.. Values(Channels, seed).Select(a => a + 1.5f)];
        private readonly float[] _weight = Values(Channels * 7, seed + 1);
        private readonly float[] _bias = Values(1, seed + 2);

        public InferenceSession Session() => ConvolutionTests.Session(1, threads: 1, (graph, x) =>
        {
            string[] inputs =
            [
                x,
                Vector(graph, _alphas),
                Vector(graph, _alphas.Select(a => 1 / a)),
                Weight(graph, [.. _weight, .. new float[3 * _weight.Length]], Channels, 7),
                Vector(graph, [.. _bias, 0, 0, 0]),
                graph.Integers(1),
            ];
            return graph.Node(SnakeConvolution.OperatorName, HostOperators.Domain, inputs);
        });

        public double[] Expected(float[] window) =>
            Convolve(Snake([.. window.Select(x => (double)x)], _alphas, window.Length / Channels), Channels, _weight, _bias, 7, 1);
    }
}
