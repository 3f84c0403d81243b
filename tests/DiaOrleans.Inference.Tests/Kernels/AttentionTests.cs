using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Kernels;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Tests.Kernels;

/// <summary>The attention operators in sessions of their own, against the formula in double precision.</summary>
public sealed class AttentionTests
{
    private const double Tolerance = 2e-5;

    // Of bf16, which has 8 bits.
    private const double Rounding = 1.0 / 256;

    [Theory]
    [InlineData(1, 1, 16, 1, false)]
    [InlineData(4, 2, 64, 1, false)]
    [InlineData(3, 1, 32, 2, false)]
    [InlineData(5, 1, 80, 1, false)]
    [InlineData(8, 2, 128, 2, false)]
    [InlineData(1, 1, 16, 1, true)]
    [InlineData(4, 2, 64, 1, true)]
    [InlineData(3, 1, 48, 2, true)]
    [InlineData(5, 1, 80, 1, true)]
    [InlineData(8, 2, 128, 2, true)]
    public void Self_attention_rotates_extends_and_attends(int heads, int kvHeads, int width, int threads, bool narrow)
    {
        RequireNarrow(narrow);
        foreach (var (sequence, lasts) in ((int, int[])[])[(1, [0, 3, 17, 30]), (5, [4, 9, 30])])
        {
            var slots = lasts.Select((last, i) => new SelfSlot(heads, kvHeads, width, sequence, last, 10 * last + i, narrow)).ToArray();
            using var session = SelfSession(heads, kvHeads, width, threads, narrow);
            var outputs = Run(session, slots);
            for (var i = 0; i < slots.Length; i++) slots[i].Check(outputs[i]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_slot_has_the_same_bits_alone_and_beside_others(bool narrow)
    {
        RequireNarrow(narrow);
        using var one = SelfSession(4, 2, 64, threads: 1, narrow);
        using var two = SelfSession(4, 2, 64, threads: 2, narrow);
        SelfSlot[] Make() => [.. Enumerable.Range(0, 7).Select(i => new SelfSlot(4, 2, 64, sequence: 1, last: 4 * i, i, narrow))];
        var together = Make();
        var outputs = Run(two, together);
        foreach (var (slot, i) in Make().Select((slot, i) => (slot, i)))
        {
            Run(one, [slot])[0].ShouldBe(outputs[i]);
            slot.Keys.ShouldBe(together[i].Keys);
            slot.Values.ShouldBe(together[i].Values);
        }
    }

    [Fact]
    public void A_position_outside_the_cache_is_an_error_of_the_run()
    {
        using var session = SelfSession(2, 1, 16, threads: 1, narrow: false);
        foreach (var last in (int[])[-1, SelfSlot.Capacity])
        {
            var slot = new SelfSlot(2, 1, 16, sequence: 1, last, seed: 1, narrow: false);
            Should.Throw<OnnxRuntimeException>(() => Run(session, [slot])).Message.ShouldContain("outside the cache");
        }
    }

    [Theory]
    [InlineData(1, 16, false)]
    [InlineData(4, 64, false)]
    [InlineData(3, 48, false)]
    [InlineData(1, 16, true)]
    [InlineData(4, 64, true)]
    [InlineData(3, 112, true)]
    public void Cross_attention_reads_the_valid_keys_alone(int heads, int width, bool narrow)
    {
        RequireNarrow(narrow);
        int[] lengths = [1, 6, 40];
        const int Sequence = 2;
        var rows = lengths.Length * Sequence * heads * width;
        var query = Values(rows, seed: 1, scale: 0.3);
        var keys = Rounded(Values(lengths.Length * heads * 40 * width, seed: 2), narrow);
        var values = Rounded(Values(lengths.Length * heads * 40 * width, seed: 3), narrow);
        using var session = CrossSession(heads, width, narrow);
        var output = Cross(session, query, keys, values, lengths, Sequence, heads, width, capacity: 40, narrow);
        for (var row = 0; row < rows / width; row++)
        {
            var slot = row / heads / Sequence;
            var memory = (slot * heads + row % heads) * 40 * width;
            var expected = Attend(query.AsSpan(row * width, width), keys.AsSpan(memory), values.AsSpan(memory), lengths[slot]);
            for (var i = 0; i < width; i++) ((double)output[row * width + i]).ShouldBe(expected[i], Tolerance, $"row {row}, element {i}");
        }

        // More capacity, with what is no number behind the texts.
        var wide = Widened(keys, lengths.Length * heads, 40, 64, width, lengths, heads);
        var wideValues = Widened(values, lengths.Length * heads, 40, 64, width, lengths, heads);
        Cross(session, query, wide, wideValues, lengths, Sequence, heads, width, capacity: 64, narrow).ShouldBe(output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_no_number_stays_none(bool narrow)
    {
        RequireNarrow(narrow);
        using var session = CrossSession(1, 16, narrow);
        foreach (var broken in (float[])[float.NaN, float.PositiveInfinity])
        {
            var keys = Values(20 * 16, seed: 5);
            keys[3 * 16 + 7] = broken;
            var query = Values(16, seed: 6);
            query[7] = 1;
            Cross(session, query, keys, Values(20 * 16, seed: 7), [20], 1, 1, 16, capacity: 20, narrow).ShouldAllBe(x => float.IsNaN(x));
        }
    }

    private static void RequireNarrow(bool narrow) =>
        Assert.SkipUnless(!narrow || NarrowVectors.IsSupported, "this processor has no AVX2: it keeps keys and values in fp32");

    private static OnnxType CacheType(bool narrow) => narrow ? OnnxType.BFloat16 : OnnxType.Float;

    private static float[] Rounded(float[] x, bool narrow) =>
        OnnxElements.Widen(OnnxElements.Narrow(x, CacheType(narrow)), CacheType(narrow));

    private static DeviceTensor Cache(float[] elements, bool narrow, params long[] shape)
    {
        var tensor = new DeviceTensor(Device.Cpu, CacheType(narrow), shape);
        tensor.Write(OnnxElements.Narrow(elements, CacheType(narrow)));
        return tensor;
    }

    private static double[] Attend(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int count)
    {
        var width = query.Length;
        var scores = new double[count];
        for (var t = 0; t < count; t++)
        {
            for (var i = 0; i < width; i++) scores[t] += (double)query[i] * keys[t * width + i];
        }

        var most = scores.Max();
        var weights = scores.Select(s => Math.Exp(s - most)).ToArray();
        var mean = new double[width];
        for (var t = 0; t < count; t++)
        {
            for (var i = 0; i < width; i++) mean[i] += weights[t] / weights.Sum() * values[t * width + i];
        }

        return mean;
    }

    private static InferenceSession SelfSession(int heads, int kvHeads, int width, int threads, bool narrow)
    {
        var type = CacheType(narrow);
        var graph = new GraphBuilder("attention", OnnxType.Float);
        object[] cache = ["slots", 2 * kvHeads, SelfSlot.Capacity, width];
        string[] inputs =
        [
            graph.Input("query", OnnxType.Float, "slots", "rows", heads * width),
            graph.Input("key", OnnxType.Float, "slots", "rows", kvHeads * width),
            graph.Input("value", OnnxType.Float, "slots", "rows", kvHeads * width),
            graph.Input("past_key", type, cache),
            graph.Input("past_value", type, cache),
            graph.Input("last", OnnxType.Int32, "slots"),
        ];
        var rotary = RotaryTable.Add(graph, SelfSlot.Capacity, width, theta: 10000);
        string[] outputs = ["output", "present_key", "present_value"];
        graph.Emit(SelfAttention.OperatorName(narrow), [.. inputs, rotary.Cos, rotary.Sin], outputs, HostOperators.Domain, []);
        graph.DeclareOutput("output", OnnxType.Float, "slots", "rows", heads * width);
        graph.DeclareOutput("present_key", type, cache);
        graph.DeclareOutput("present_value", type, cache);
        return Device.Cpu.CreateSession(graph.Build(), threads);
    }

    /// <summary>Runs the slots together; their caches are extended.</summary>
    private static float[][] Run(InferenceSession session, SelfSlot[] slots)
    {
        var (first, count) = (slots[0], slots.Length);
        int[] lasts = [.. slots.Select(s => s.Last)];
        long[] cache = [count, 2 * first.KvHeads, SelfSlot.Capacity, first.Width];
        using var query = Rows(slots, s => s.Query);
        using var key = Rows(slots, s => s.Key);
        using var value = Rows(slots, s => s.Value);
        using var pastKey = Cache([.. slots.SelectMany(s => s.Keys)], first.Narrow, cache);
        using var pastValue = Cache([.. slots.SelectMany(s => s.Values)], first.Narrow, cache);
        using var last = OrtValue.CreateTensorValueFromMemory(lasts, [count]);
        var output = new float[slots.Sum(s => s.Query.Length)];
        using var result = OrtValue.CreateTensorValueFromMemory(output, [count, 2 * first.Sequence, first.Heads * first.Width]);
        using var options = new RunOptions();
        using var binding = session.CreateIoBinding();
        binding.BindInput("query", query);
        binding.BindInput("key", key);
        binding.BindInput("value", value);
        binding.BindInput("past_key", pastKey.Value);
        binding.BindInput("past_value", pastValue.Value);
        binding.BindInput("last", last);
        binding.BindOutput("output", result);
        binding.BindOutput("present_key", pastKey.Value);
        binding.BindOutput("present_value", pastValue.Value);
        session.RunWithBinding(options, binding);
        var keys = pastKey.ToSingles();
        var values = pastValue.ToSingles();
        for (var i = 0; i < count; i++)
        {
            keys.AsSpan(i * first.Keys.Length, first.Keys.Length).CopyTo(slots[i].Keys);
            values.AsSpan(i * first.Values.Length, first.Values.Length).CopyTo(slots[i].Values);
        }

        return [.. output.Chunk(first.Query.Length)];

        OrtValue Rows(SelfSlot[] all, Func<SelfSlot, float[]> rows)
        {
            float[] data = [.. all.SelectMany(rows)];
            return OrtValue.CreateTensorValueFromMemory(data, [count, 2 * first.Sequence, data.Length / count / 2 / first.Sequence]);
        }
    }

    private static InferenceSession CrossSession(int heads, int width, bool narrow)
    {
        var graph = new GraphBuilder("attention", OnnxType.Float);
        string[] inputs =
        [
            graph.Input("query", OnnxType.Float, "slots", "rows", heads * width),
            graph.Input("keys", CacheType(narrow), "slots", heads, "text", width),
            graph.Input("values", CacheType(narrow), "slots", heads, "text", width),
            graph.Input("last", OnnxType.Int32, "slots"),
        ];
        var attended = graph.Node(CrossAttention.OperatorName(narrow), HostOperators.Domain, inputs);
        graph.Output("output", attended, OnnxType.Float, "slots", "rows", heads * width);
        return Device.Cpu.CreateSession(graph.Build(), threads: 1);
    }

    private static float[] Cross(
        InferenceSession session,
        float[] query,
        float[] keys,
        float[] values,
        int[] lengths,
        int sequence,
        int heads,
        int width,
        int capacity,
        bool narrow)
    {
        using var q = OrtValue.CreateTensorValueFromMemory(query, [lengths.Length, sequence, heads * width]);
        using var k = Cache(keys, narrow, lengths.Length, heads, capacity, width);
        using var v = Cache(values, narrow, lengths.Length, heads, capacity, width);
        using var last = OrtValue.CreateTensorValueFromMemory(lengths.Select(l => l - 1).ToArray(), [lengths.Length]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["query", "keys", "values", "last"], [q, k.Value, v.Value, last], ["output"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>[rows, capacity, width] with a larger capacity; NaN behind each row's text.</summary>
    private static float[] Widened(float[] x, int rows, int capacity, int wider, int width, int[] lengths, int heads)
    {
        var y = Enumerable.Repeat(float.NaN, rows * wider * width).ToArray();
        for (var row = 0; row < rows; row++)
            x.AsSpan(row * capacity * width, lengths[row / heads] * width).CopyTo(y.AsSpan(row * wider * width));
        return y;
    }

    private static float[] Values(int count, int seed, double scale = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(scale * (random.NextDouble() * 2 - 1)))];
    }

    private sealed class SelfSlot(int heads, int kvHeads, int width, int sequence, int last, int seed, bool narrow)
    {
        public const int Capacity = 40;

        private readonly float[] _before = Rounded(AttentionTests.Values(2 * kvHeads * Capacity * width, seed + 100), narrow);

        public int Heads => heads;

        public int KvHeads => kvHeads;

        public int Width => width;

        public int Sequence => sequence;

        public int Last => last;

        public bool Narrow => narrow;

        public float[] Query { get; } = AttentionTests.Values(2 * sequence * heads * width, seed, scale: 0.3);

        public float[] Key { get; } = AttentionTests.Values(2 * sequence * kvHeads * width, seed + 1);

        public float[] Value { get; } = AttentionTests.Values(2 * sequence * kvHeads * width, seed + 2);

        public float[] Keys { get; } = Rounded(AttentionTests.Values(2 * kvHeads * Capacity * width, seed + 100), narrow);

        public float[] Values { get; } = Rounded(AttentionTests.Values(2 * kvHeads * Capacity * width, seed + 100), narrow);

        public void Check(float[] output)
        {
            var first = last + 1 - sequence;
            for (var head = 0; head < 2 * kvHeads; head++)
            {
                var cache = head * Capacity * width;
                for (var s = 0; s < sequence; s++)
                {
                    var row = 2 * s + head / kvHeads;
                    var at = (row * kvHeads + head % kvHeads) * width;
                    var key = Keys.AsSpan(cache + (first + s) * width, width);
                    ShouldBe(key, Rotated(Key.AsSpan(at, width), first + s), narrow ? Rounding : 0);
                    var value = Rounded(Value[at..(at + width)], narrow);
                    Values.AsSpan(cache + (first + s) * width, width).SequenceEqual(value).ShouldBeTrue();
                    for (var q = 0; q < heads / kvHeads; q++)
                    {
                        var place = (row * heads + head % kvHeads * (heads / kvHeads) + q) * width;
                        float[] query = [.. Rotated(Query.AsSpan(place, width), first + s).Select(x => (float)x)];
                        ShouldBe(output.AsSpan(place, width), Attend(query, Keys.AsSpan(cache), Values.AsSpan(cache), first + s + 1));
                    }
                }

                Keys.AsSpan(cache, first * width).SequenceEqual(_before.AsSpan(cache, first * width)).ShouldBeTrue();
                var behind = (last + 1) * width;
                Keys.AsSpan(cache + behind, Capacity * width - behind)
                    .SequenceEqual(_before.AsSpan(cache + behind, Capacity * width - behind)).ShouldBeTrue();
            }
        }

        private static double[] Rotated(ReadOnlySpan<float> x, int position)
        {
            var half = x.Length / 2;
            var y = new double[x.Length];
            for (var i = 0; i < half; i++)
            {
                var angle = position * Math.Pow(10000, -(double)i / half);
                y[i] = x[i] * Math.Cos(angle) - x[i + half] * Math.Sin(angle);
                y[i + half] = x[i + half] * Math.Cos(angle) + x[i] * Math.Sin(angle);
            }

            return y;
        }

        private static void ShouldBe(ReadOnlySpan<float> actual, double[] expected, double relative = 0)
        {
            for (var i = 0; i < expected.Length; i++)
                ((double)actual[i]).ShouldBe(expected[i], Tolerance + relative * Math.Abs(expected[i]));
        }
    }
}
