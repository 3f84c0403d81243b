using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Kernels;
using Microsoft.ML.OnnxRuntime;
using static DiaOrleans.Inference.Tests.Kernels.KernelRuns;

namespace DiaOrleans.Inference.Tests.Kernels;

/// <summary>The operator in sessions of its own: x [windows, 3, time] with an α for each channel.</summary>
public sealed class SnakeTests
{
    private static readonly float[] Usual = [0.3f, 1.7f, -4f];

    public static TheoryData<float[]> Alphas => new() { Usual, new[] { 0f, 1e-4f, 9f } };

    [Theory]
    [MemberData(nameof(Alphas))]
    public void Any_length_has_the_values_of_the_formula(float[] alphas)
    {
        using var session = Session(alphas, threads: 1);
        foreach (var time in (int[])[1, 7, 8, 15, 16, 17, 40, 1001])
        {
            var x = Values(2 * 3 * time, seed: time);
            var y = Run(session, x, [2, 3, time]);
            for (var i = 0; i < x.Length; i++)
            {
                var alpha = alphas[i / time % 3];
                var expected = x[i] + Math.Pow(Math.Sin((double)alpha * x[i]), 2) / (alpha + 1e-9f);
                // The product αx is rounded to a float before its sine, here as in the formula's own operators.
                var allowed = 1e-6 * (1 + Math.Abs(x[i])) + 4e-7 * (1 + Math.Abs(alpha * x[i])) / Math.Max(Math.Abs(alpha), 1);
                ((double)y[i]).ShouldBe(expected, allowed, $"x {x[i]}, alpha {alpha}, time {time}");
            }
        }
    }

    [Fact]
    public void Not_a_number_stays_one()
    {
        using var session = Session(Usual, threads: 1);
        var x = Values(3 * 20, seed: 1);
        x[4] = float.NaN;
        x[27] = float.PositiveInfinity;
        var y = Run(session, x, [1, 3, 20]);
        for (var i = 0; i < y.Length; i++) float.IsFinite(y[i]).ShouldBe(i is not (4 or 27), $"{i}");
    }

    [Fact]
    public void An_element_depends_on_neither_its_place_nor_the_threads()
    {
        using var one = Session(Usual, threads: 1);
        using var two = Session(Usual, threads: 2);
        const int Time = 20_011;
        var x = Values(3 * Time, seed: 2);
        var whole = Run(one, x, [1, 3, Time]);
        Run(two, x, [1, 3, Time]).ShouldBe(whole);
        for (var channel = 0; channel < 3; channel++)
        {
            // Three elements further on, each in another place of a vector.
            var moved = new float[3 * (Time - 3)];
            x.AsSpan(channel * Time + 3, Time - 3).CopyTo(moved.AsSpan(channel * (Time - 3)));
            var part = Run(one, moved, [1, 3, Time - 3]).AsSpan(channel * (Time - 3), Time - 3);
            part.SequenceEqual(whole.AsSpan(channel * Time + 3, Time - 3)).ShouldBeTrue();
        }
    }

    [Fact]
    public void An_input_of_another_rank_is_an_error_of_the_run()
    {
        using var session = Session(Usual, threads: 1, "channels", "time");
        Should.Throw<OnnxRuntimeException>(() => Run(session, Values(60, seed: 3), [3, 20])).Message.ShouldContain("expected 3");
        Should.Throw<OnnxRuntimeException>(() => Run(session, Values(60, seed: 3), [3, 20])).Message.ShouldContain("expected 3");
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var session = Session(Usual, threads: 1);
        var x = Values(3 * 100, seed: 4);
        var y = new float[x.Length];
        using var input = OrtValue.CreateTensorValueFromMemory(x, [1, 3, 100]);
        using var output = OrtValue.CreateTensorValueFromMemory(y, [1, 3, 100]);
        using var options = new RunOptions();
        using var binding = session.CreateIoBinding();
        binding.BindInput("x", input);
        binding.BindOutput("y", output);
        session.RunWithBinding(options, binding);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++) session.RunWithBinding(options, binding);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public async Task Sessions_come_and_go_on_many_threads()
    {
        var x = Values(2 * 3 * 300, seed: 5);
        using var first = Session(Usual, threads: 1);
        var expected = Run(first, x, [2, 3, 300]);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            for (var round = 0; round < 5; round++)
            {
                using var session = Session(Usual, threads: 2);
                Run(session, x, [2, 3, 300]).ShouldBe(expected);
                Run(first, x, [2, 3, 300]).ShouldBe(expected);
                GC.Collect(0);
            }
        })));
    }

    private static InferenceSession Session(float[] alphas, int threads, params object[] dims)
    {
        if (dims.Length == 0) dims = ["windows", 3, "time"];
        var graph = new GraphBuilder("snake", OnnxType.Float);
        var x = graph.Input("x", OnnxType.Float, dims);
        float[] betas = [.. alphas.Select(a => 1 / (a + 1e-9f))];
        string[] inputs = [x, graph.Constant(alphas, 1, 3, 1), graph.Constant(betas, 1, 3, 1)];
        graph.Output("y", graph.Node(Snake.OperatorName, HostOperators.Domain, inputs), OnnxType.Float, dims);
        return Device.Cpu.CreateSession(graph.Build(), threads);
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 12 - 6))];
    }
}
