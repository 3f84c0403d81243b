using System.Runtime.InteropServices;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Kernels;
using DiaOrleans.Inference.Quantisation;
using DiaOrleans.Inference.Tests.Checkpoints;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Tests.Quantisation;

/// <summary>
/// The product with quantised weights, by this program for weights in groups and by ONNX Runtime for the others: its value, and that a row
/// does not depend on the others.
/// </summary>
public sealed class QuantisedLinearTests : IDisposable
{
    private const int MaxRows = 32;
    private const int Checked = 64;

    private readonly TempFolder _folder = new();

    /// <summary>Inputs, outputs, layout and threads.</summary>
    public static TheoryData<int, int, string, int> Shapes => new()
    {
        { 256, 768, "int8-groups", 1 },
        { 256, 768, "int8", 1 },
        { 256, 768, "int4", 1 },
        { 768, 256, "int8-groups", 2 },
        { 48, 37, "int8-groups", 2 },
        { 48, 37, "int8", 2 },
        { 33, 130, "int4", 2 },
        { 2048, 2048, "int8-groups", 1 },
        { 2048, 2048, "int4", 2 },
        { 1024, 8192, "int8-groups", 2 },
        { 1024, 8192, "int8", 2 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_row_has_the_same_result_to_the_bit_among_any_number_of_rows(int inputs, int outputs, string layout, int threads)
    {
        using var linear = new Linear(_folder.File("weights.bin"), inputs, outputs, LayoutOf(layout), threads);
        var x = Numbers(MaxRows * inputs, seed: 2, 1f);
        var alone = Enumerable.Range(0, MaxRows).SelectMany(row => linear.Run(x.AsSpan(row * inputs, inputs), 1)).ToArray();
        for (var rows = 2; rows <= MaxRows; rows++)
        {
            var together = linear.Run(x.AsSpan(0, rows * inputs), rows);
            MemoryMarshal.AsBytes(together.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(alone.AsSpan(0, rows * outputs)))
                .ShouldBeTrue($"{rows} rows");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_result_is_that_of_the_weights_that_the_codes_stand_for(int inputs, int outputs, string layout, int threads)
    {
        using var linear = new Linear(_folder.File("weights.bin"), inputs, outputs, LayoutOf(layout), threads);
        var x = Numbers(inputs, seed: 3, 1f);
        var y = linear.Run(x, 1);
        double error = 0, size = 0;
        for (var output = 0; output < Math.Min(outputs, Checked); output++)
        {
            var exact = x.Zip(linear.Weights(output)).Sum(pair => (double)pair.First * pair.Second);
            error += Math.Pow(exact - y[output], 2);
            size += exact * exact;
        }

        // The operator rounds x to 8 bits.
        Math.Sqrt(error / size).ShouldBeLessThan(0.01);
    }

    [Theory]
    [InlineData("int8-groups", float.NaN)]
    [InlineData("int8-groups", float.PositiveInfinity)]
    [InlineData("int8", float.NaN)]
    [InlineData("int8", float.PositiveInfinity)]
    [InlineData("int4", float.NaN)]
    [InlineData("int4", float.NegativeInfinity)]
    public void A_row_with_a_number_that_is_not_finite_has_no_numbers_and_changes_no_other_row(string layout, float value)
    {
        using var linear = new Linear(_folder.File("weights.bin"), 256, 768, LayoutOf(layout), threads: 1, orNaN: true);
        var x = Numbers(3 * 256, seed: 4, 1f);
        var expected = linear.Run(x, 3);
        x[256 + 40] = value;
        var y = linear.Run(x, 3);
        y[..768].ShouldBe(expected[..768]);
        y[768..1536].ShouldAllBe(number => float.IsNaN(number));
        y[1536..].ShouldBe(expected[1536..]);
    }

    [Theory]
    [InlineData("int8-groups")]
    [InlineData("int8")]
    public void A_row_of_zeros_has_zeros(string layout)
    {
        using var linear = new Linear(_folder.File("weights.bin"), 256, 768, LayoutOf(layout), threads: 1);
        linear.Run(new float[512], 2).ShouldAllBe(value => value == 0);
    }

    private static BlockLayout LayoutOf(string name)
    {
        var layout = new BlockLayout(name.StartsWith("int4") ? 4 : 8, name.EndsWith("-groups") ? BlockOrder.Groups : BlockOrder.Outputs);
        Assert.SkipUnless(layout.Order != BlockOrder.Groups || QuantisedLinear.IsSupported, "the operator needs AVX2");
        return layout;
    }

    private static float[] Numbers(int count, int seed, float range)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => range * (random.NextSingle() * 2 - 1))];
    }

    private sealed class Linear : IDisposable
    {
        private readonly int _inputs;
        private readonly int _bits;
        private readonly int _row;
        private readonly byte[] _codes;
        private readonly float[] _scales;
        private readonly InferenceSession _session;
        private readonly RunOptions _run = new();

        public Linear(string file, int inputs, int outputs, BlockLayout layout, int threads, bool orNaN = false)
        {
            var bits = layout.Bits;
            _inputs = inputs;
            _bits = bits;
            var blocks = BlockQuantiser.Blocks(inputs);
            _row = blocks * BlockQuantiser.BlockBytes(bits);
            _codes = new byte[outputs * _row];
            _scales = new float[outputs * blocks];
            var weights = Numbers(inputs * outputs, seed: 1, 0.1f);
            for (var output = 0; output < outputs; output++)
            {
                var codes = _codes.AsSpan(output * _row, _row);
                BlockQuantiser.Quantise(weights.AsSpan(output * inputs, inputs), bits, codes, _scales.AsSpan(output * blocks, blocks));
            }

            var codesBytes = layout.Arrange(_codes, outputs);
            var scalesBytes = layout.Arrange(MemoryMarshal.AsBytes(_scales.AsSpan()).ToArray(), outputs);
            File.WriteAllBytes(file, [.. codesBytes, .. scalesBytes]);
            var codesEntry = new TensorEntry("codes", ElementType.U8, layout.CodesShape(inputs, outputs), file, 0, codesBytes.Length);
            var scalesShape = layout.ScalesShape(inputs, outputs);
            var scales = new TensorEntry("scales", ElementType.F32, scalesShape, file, codesBytes.Length, scalesBytes.Length);
            var weight = new LinearWeight(codesEntry, inputs, outputs, OutputMajor: true)
            {
                Blocks = new QuantisedBlocks(bits, BlockQuantiser.BlockSize, layout.Order, scales),
            };
            var graph = new GraphBuilder("linear", OnnxType.Float);
            var x = graph.Input("x", OnnxType.Float, "rows", inputs);
            var y = orNaN ? TransformerOps.LinearOrNaN(graph, x, weight) : TransformerOps.Linear(graph, x, weight);
            graph.Output("y", y, OnnxType.Float, "rows", outputs);
            _session = Device.Cpu.CreateSession(graph.Build(), threads);
        }

        public float[] Weights(int output) => BlockQuantiserTests.Dequantise(
            _codes[(output * _row)..((output + 1) * _row)],
            _scales[(output * _scales.Length / (_codes.Length / _row))..],
            _bits,
            _inputs);

        public float[] Run(ReadOnlySpan<float> x, int rows)
        {
            using var input = OrtValue.CreateTensorValueFromMemory(x.ToArray(), [rows, _inputs]);
            using var output = _session.Run(_run, ["x"], [input], ["y"]);
            return output[0].GetTensorDataAsSpan<float>().ToArray();
        }

        public void Dispose()
        {
            _session.Dispose();
            _run.Dispose();
        }
    }
}
