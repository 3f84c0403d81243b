using DiaOrleans.Inference.Graphs;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Tests.Kernels;

/// <summary>A block of the codec's decoder with random weights, as inputs of its operator and as a formula in fp64.</summary>
/// <param name="seed">Of the weights.</param>
/// <param name="stride">Outputs for one element of the input.</param>
/// <param name="isLast">Whether it ends with a convolution to one channel.</param>
internal sealed class BlockFormula(int seed, int stride, bool isLast)
{
    public const int Inputs = 6;
    private const int Channels = 8;
    private const int Units = 3;
    private const int Taps = 7;

    private static readonly int[] Dilations = [1, 3, 9];

    private readonly Random _random = new(seed);
    private readonly List<Layer> _layers = [];

    private IReadOnlyList<Layer> Layers
    {
        get
        {
            if (_layers.Count > 0) return _layers;
            // The transposed convolution, whose weight is [inputs, outputs, taps]; two a unit; the last one.
            _layers.Add(new Layer(_random, Inputs, Channels, 2 * stride));
            for (var unit = 0; unit < Units; unit++)
            {
                _layers.Add(new Layer(_random, Channels, Channels, Taps));
                _layers.Add(new Layer(_random, Channels, Channels, 1));
            }

            _layers.Add(new Layer(_random, Channels, 1, Taps));
            return _layers;
        }
    }

    public string OperatorName => isLast ? UpsamplingBlock.LastName : UpsamplingBlock.OperatorName;

    public int Outputs => isLast ? 1 : Channels;

    private IEnumerable<Layer> UnitLayers => Layers.Skip(1).Take(2 * Units);

    public static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
    }

    /// <summary>The operator's inputs from α of the first Snake on.</summary>
    public IEnumerable<string> Weights(GraphBuilder graph)
    {
        var transposed = Layers[0];
        yield return Vector(transposed.Alphas);
        yield return Vector(transposed.Alphas.Select(a => 1 / a));
        yield return Transposed(graph, transposed);
        yield return Vector(transposed.Bias);
        yield return Vector(UnitLayers.SelectMany(layer => layer.Alphas));
        yield return Vector(UnitLayers.SelectMany(layer => layer.Alphas.Select(a => 1 / a)));
        yield return Vector(UnitLayers.Where(layer => layer.Taps == Taps).SelectMany(Grouped));
        yield return Vector(UnitLayers.Where(layer => layer.Taps == Taps).SelectMany(PointValues));
        yield return Vector(UnitLayers.Where(layer => layer.Taps == 1).SelectMany(Grouped));
        yield return Vector(UnitLayers.SelectMany(layer => layer.Bias));
        if (!isLast) yield break;
        yield return Vector(Layers[^1].Alphas);
        yield return Vector(Layers[^1].Alphas.Select(a => 1 / a));
        yield return Vector(Layers[^1].Weight);
        yield return Vector(Layers[^1].Bias);

        string Vector(IEnumerable<float> values)
        {
            float[] all = [.. values];
            return graph.Constant(all, all.Length);
        }
    }

    /// <summary>[outputs, time * stride] of an input [inputs, time].</summary>
    public double[] Expected(float[] window)
    {
        var y = Upsample([.. window.Select(value => (double)value)], Layers[0]);
        for (var unit = 0; unit < Units; unit++)
        {
            var inner = Convolve(Snake(y, Layers[2 * unit + 1]), Layers[2 * unit + 1], Dilations[unit]);
            y = [.. y.Zip(Convolve(Snake(inner, Layers[2 * unit + 2]), Layers[2 * unit + 2], 1), (a, b) => a + b)];
        }

        return isLast ? Convolve(Snake(y, Layers[^1]), Layers[^1], 1) : y;
    }

    private static double[] Snake(double[] x, Layer layer)
    {
        var time = x.Length / layer.Inputs;
        return [.. x.Select((value, i) => value + Math.Pow(Math.Sin(layer.Alphas[i / time] * value), 2) / layer.Alphas[i / time])];
    }

    private double[] Upsample(double[] input, Layer layer)
    {
        var x = Snake(input, layer);
        var time = x.Length / Inputs;
        var y = new double[Channels * time * stride];
        for (var output = 0; output < Channels; output++)
        {
            var row = y.AsSpan(output * time * stride, time * stride);
            row.Fill(layer.Bias[output]);
            for (var i = 0; i < Inputs * time * 2 * stride; i++)
            {
                var (at, tap) = (i / (2 * stride), i % (2 * stride));
                var to = at % time * stride + tap - stride / 2;
                if (to < 0 || to >= row.Length) continue;
                row[to] += x[at] * layer.Weight[(at / time * Channels + output) * 2 * stride + tap];
            }
        }

        return y;
    }

    private static double[] Convolve(double[] x, Layer layer, int dilation)
    {
        var time = x.Length / layer.Inputs;
        var y = new double[layer.Outputs * time];
        for (var i = 0; i < y.Length; i++)
        {
            var (output, t) = (i / time, i % time);
            y[i] = layer.Bias[output];
            for (var k = 0; k < layer.Taps; k++)
            {
                var at = t + (k - layer.Taps / 2) * dilation;
                if (at < 0 || at >= time) continue;
                for (var input = 0; input < layer.Inputs; input++)
                    y[i] += layer.Weight[(output * layer.Inputs + input) * layer.Taps + k] * x[input * time + at];
            }
        }

        return y;
    }

    /// <summary>[outputs, inputs, taps] as [outputs / 4, inputs, taps, 4].</summary>
    private static float[] Grouped(Layer layer)
    {
        var grouped = new float[layer.Weight.Length];
        var size = layer.Inputs * layer.Taps;
        for (var i = 0; i < grouped.Length; i++) grouped[(i / size / 4 * size + i % size) * 4 + i / size % 4] = layer.Weight[i];
        return grouped;
    }

    /// <summary>[10, outputs / 4, inputs, 4].</summary>
    private static float[] PointValues(Layer layer)
    {
        var values = FastKernel.KernelValues();
        return [.. Enumerable.Range(0, FastKernel.Points).SelectMany(At)];

        float[] At(int point)
        {
            var kernels = layer.Weight.Chunk(Taps);
            float[] weight = [.. kernels.Select(kernel => kernel.Select((w, k) => w * values[k * FastKernel.Points + point]).Sum())];
            return Grouped(layer with { Taps = 1, Weight = weight });
        }
    }

    /// <summary>[inputs, outputs, 2 * stride] as [stride, outputs / 4, inputs, 2, 4], the tap of the input before first.</summary>
    private string Transposed(GraphBuilder graph, Layer layer)
    {
        var phases = new float[layer.Weight.Length];
        for (var i = 0; i < phases.Length; i++)
        {
            var (input, output, tap) = (i / (2 * stride) / Channels, i / (2 * stride) % Channels, i % (2 * stride));
            var group = (tap % stride * Channels / 4 + output / 4) * Inputs + input;
            phases[(group * 2 + 1 - tap / stride) * 4 + output % 4] = layer.Weight[i];
        }

        return graph.Constant(phases, stride, Channels / 4, Inputs, 2, 4);
    }

    private sealed record Layer(int Inputs, int Outputs, int Taps, float[] Alphas, float[] Weight, float[] Bias)
    {
        public Layer(Random random, int inputs, int outputs, int taps)
            : this(inputs, outputs, taps, Draw(random, inputs, 1.5f), Draw(random, inputs * outputs * taps, 0), Draw(random, outputs, 0))
        {
            for (var i = 0; i < Weight.Length; i++) Weight[i] /= MathF.Sqrt(inputs * taps);
        }

        private static float[] Draw(Random random, int count, float mean) =>
            [.. Enumerable.Range(0, count).Select(_ => mean + (float)(random.NextDouble() * 2 - 1))];
    }
}
