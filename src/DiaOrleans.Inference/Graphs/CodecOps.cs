using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Graphs;

/// <summary>The blocks of DAC; docs/model.md, Codec: blocks. Activations are [windows, channels, time].</summary>
/// <param name="graph">The graph.</param>
/// <param name="codec">The weights.</param>
/// <param name="operators">What the graph's sessions compute it with.</param>
internal sealed class CodecOps(GraphBuilder graph, DacCheckpoint codec, CodecOperators operators)
{
    // With more channels, ONNX Runtime's own convolutions are faster (bench/README.md).
    private const int MostChannels = 256;

    private static readonly int[] Dilations = [1, 3, 9];

    private bool OnHost => operators != CodecOperators.Standard;

    /// <summary>x + sin²(αx) / (α + 1e-9).</summary>
    public string Snake(string x, string module)
    {
        var (alpha, inverse) = SnakeWeights(module);
        if (OnHost) return graph.Node(Kernels.Snake.OperatorName, HostOperators.Domain, [x, alpha, inverse]);
        var sine = graph.Node("Sin", [graph.Node("Mul", [x, alpha])]);
        return graph.Node("Add", [x, graph.Node("Mul", [graph.Node("Mul", [sine, sine]), inverse])]);
    }

    /// <summary>A convolution with bias.</summary>
    public string Convolve(string x, string module, int stride = 1, int dilation = 1, int pad = 0)
    {
        var weight = codec.Conv(module);
        return graph.Node("Conv", [x, Fused(weight), Bias(weight)],
            ("kernel_shape", new[] { weight.Shape[2] }),
            ("strides", new long[] { stride }),
            ("dilations", new long[] { dilation }),
            ("pads", new long[] { pad, pad }));
    }

    /// <summary>
    /// A transposed convolution with bias, of an even stride and a kernel of two strides, <paramref name="stride"/> times as long. On the
    /// host, ONNX Runtime's own one takes longer than <see cref="Phases"/> (bench/README.md).
    /// </summary>
    public string Upsample(string x, string module, int stride)
    {
        var weight = codec.Conv(module);
        var pad = (stride + 1) / 2;
        if (OnHost) return Phases(x, weight, stride, pad);
        return graph.Node("ConvTranspose", [x, Fused(weight), Bias(weight)],
            ("kernel_shape", new[] { weight.Shape[2] }),
            ("strides", new long[] { stride }),
            ("pads", new long[] { pad, pad }));
    }

    /// <summary>
    /// Output q * stride + r - pad is x[q] times element r of the kernel plus x[q - 1] times element r + stride. A convolution of kernel 2
    /// makes them with r as a channel.
    /// </summary>
    private string Phases(string x, ConvWeight weight, int stride, int pad)
    {
        var inputs = weight.Shape[0];
        var outputs = weight.Shape[1];
        var halves = graph.Node("Reshape", [Fused(weight), graph.Integers(inputs, outputs, 2, stride)]);
        var taps = graph.Node("Transpose", [halves], ("perm", new long[] { 1, 3, 0, 2 }));
        var reversed = graph.Node("Gather", [taps, graph.Integers(1, 0)], ("axis", 3L));
        var kernel = graph.Node("Reshape", [reversed, graph.Integers(outputs * stride, inputs, 2)]);
        var bias = graph.Node("Expand", [graph.Weight(weight.Bias, outputs, 1), graph.Integers(outputs, stride)]);
        var phases = graph.Node("Conv", [x, kernel, graph.Node("Reshape", [bias, graph.Integers(-1)])],
            ("kernel_shape", new[] { 2L }),
            ("pads", new[] { 1L, 1L }));

        var split = graph.Node("Reshape", [phases, graph.Integers(0, outputs, stride, -1)]);
        var turned = graph.Node("Transpose", [split], ("perm", new long[] { 0, 1, 3, 2 }));
        var joined = graph.Node("Reshape", [turned, graph.Integers(0, outputs, -1)]);
        return graph.Node("Slice", [joined, graph.Integers(pad), graph.Integers(-pad), graph.Integers(2)]);
    }

    /// <summary>The three residual units of a block.</summary>
    public string ResidualUnits(string x, string block)
    {
        for (var i = 0; i < Dilations.Length; i++)
        {
            x = ResidualUnit(x, $"{block}.res_unit{i + 1}", Dilations[i]);
        }

        return x;
    }

    private string ResidualUnit(string x, string unit, int dilation)
    {
        var y = Convolve(Snake(x, $"{unit}.snake1"), $"{unit}.conv1", dilation: dilation, pad: 3 * dilation);
        y = Convolve(Snake(y, $"{unit}.snake2"), $"{unit}.conv2");
        return graph.Node("Add", [x, y]);
    }

    /// <summary>A block of the decoder.</summary>
    /// <param name="x">Its input.</param>
    /// <param name="module">Name of the block.</param>
    /// <param name="stride">Its output has so many elements for each of the input.</param>
    /// <param name="part">Start and end of the part of its output that is kept, int64 [1] each.</param>
    public string Block(string x, string module, int stride, string[] part)
    {
        if (IsFused(module))
            return graph.Node(UpsamplingBlock.OperatorName, HostOperators.Domain, BlockInputs(x, module, stride, part));
        x = Upsample(Snake(x, $"{module}.snake1"), $"{module}.conv_t1", stride);
        return graph.Node("Slice", [ResidualUnits(x, module), .. part, graph.Integers(2)]);
    }

    /// <summary>The last block, then conv(snake(x)) to one channel.</summary>
    public string LastBlock(string x, string module, int stride, string[] part, string snake, string conv)
    {
        if (!IsFused(module))
        {
            x = ResidualUnits(Upsample(Snake(x, $"{module}.snake1"), $"{module}.conv_t1", stride), module);
            return graph.Node("Slice", [Convolve(Snake(x, snake), conv, pad: 3), .. part, graph.Integers(2)]);
        }

        var (alpha, beta) = SnakeWeights(snake);
        var weight = codec.Conv(conv);
        string[] inputs = [.. BlockInputs(x, module, stride, part), alpha, beta, Fused(weight), Bias(weight)];
        return graph.Node(UpsamplingBlock.LastName, HostOperators.Domain, inputs);
    }

    private bool IsFused(string block)
    {
        var channels = codec.Conv($"{block}.conv_t1").Shape[1];
        return operators == CodecOperators.Fused && channels <= MostChannels && channels % Convolution.Outputs == 0;
    }

    private string[] BlockInputs(string x, string module, int stride, string[] part)
    {
        var (alpha, beta) = SnakeWeights($"{module}.snake1");
        var transposed = codec.Conv($"{module}.conv_t1");
        string[] units = [.. Enumerable.Range(1, Dilations.Length).Select(i => $"{module}.res_unit{i}")];
        string[] layers = [.. units.SelectMany(unit => (string[])[$"{unit}.conv1", $"{unit}.conv2"])];
        var snakes = units.SelectMany(unit => (string[])[$"{unit}.snake1", $"{unit}.snake2"]).Select(SnakeWeights).ToArray();
        ConvWeight[] first = [.. units.Select(unit => codec.Conv($"{unit}.conv1"))];
        ConvWeight[] second = [.. units.Select(unit => codec.Conv($"{unit}.conv2"))];
        return
        [
            x,
            .. part,
            alpha,
            beta,
            TransposedWeights(transposed, stride),
            Bias(transposed),
            Joined(snakes.Select(snake => snake.Alpha)),
            Joined(snakes.Select(snake => snake.Inverse)),
            Joined(first.Select(Grouped)),
            Joined(first.Select(PointValues)),
            Joined(second.Select(Grouped)),
            Joined(layers.Select(layer => Bias(codec.Conv(layer)))),
        ];
    }

    private string Joined(IEnumerable<string> tensors) => graph.Node("Concat", [.. tensors], ("axis", 0L));

    /// <summary>[inputs, outputs, 2 * stride] as <see cref="BlockWeights.Transposed"/>, the tap of the input before first.</summary>
    private string TransposedWeights(ConvWeight weight, int stride)
    {
        var shape = graph.Integers(weight.Shape[0], weight.Shape[1] / Convolution.Outputs, Convolution.Outputs, 2, stride);
        var phases = graph.Node("Transpose", [graph.Node("Reshape", [Fused(weight), shape])], ("perm", new long[] { 4, 1, 0, 3, 2 }));
        return graph.Node("Gather", [phases, graph.Integers(1, 0)], ("axis", 3L));
    }

    /// <summary>[outputs, inputs, 7] as <see cref="BlockWeights.Values"/>.</summary>
    private string PointValues(ConvWeight weight)
    {
        var kernels = graph.Constant(FastKernel.KernelValues(), FastKernel.Taps, FastKernel.Points);
        var groups = graph.Integers(weight.Shape[0] / Convolution.Outputs, Convolution.Outputs, weight.Shape[1], FastKernel.Points);
        var values = graph.Node("Reshape", [graph.Node("MatMul", [Fused(weight), kernels]), groups]);
        return graph.Node("Transpose", [values], ("perm", new long[] { 3, 0, 2, 1 }));
    }

    /// <summary>[outputs, inputs, taps] as <see cref="Convolution"/> reads it.</summary>
    private string Grouped(ConvWeight weight)
    {
        var shape = graph.Integers(weight.Shape[0] / Convolution.Outputs, Convolution.Outputs, weight.Shape[1], weight.Shape[2]);
        return graph.Node("Transpose", [graph.Node("Reshape", [Fused(weight), shape])], ("perm", new long[] { 0, 2, 3, 1 }));
    }

    /// <summary>α and 1 / (α + 1e-9). The inverse is computed here: in fp16 the sum would lose 1e-9, and α may be 0.</summary>
    private (string Alpha, string Inverse) SnakeWeights(string module)
    {
        var tensor = codec.Alpha(module);
        float[] inverses = [.. TensorData.Read(tensor).Select(a => 1 / (a + 1e-9f))];
        return (graph.Weight(tensor, 1, tensor.Shape.Max(), 1), graph.Constant(inverses, 1, inverses.Length, 1));
    }

    /// <summary>A codebook, [codebookSize, codebookDim].</summary>
    public string Codebook(int index) => graph.Weight(codec.Codebook(index), codec.Config.CodebookSize, codec.Config.CodebookDim);

    /// <summary>The convolution's weight; a weight-norm pair becomes g · v / ‖v‖, the norm over all axes but the first.</summary>
    public string Fused(ConvWeight weight)
    {
        long[] shape = [.. weight.Shape];
        if (weight.Weight is { } whole) return graph.Weight(whole, shape);
        var direction = graph.Weight(weight.Direction!, shape);
        var gain = graph.Weight(weight.Gain!, shape[0], 1, 1);
        var length = graph.Node("ReduceL2", [direction, graph.Integers(1, 2)], ("keepdims", 1L));
        return graph.Node("Mul", [direction, graph.Node("Div", [gain, length])]);
    }

    private string Bias(ConvWeight weight) => graph.Weight(weight.Bias, weight.Bias.Shape[0]);
}
