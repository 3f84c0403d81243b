using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Tests.Kernels;

public sealed unsafe class FastKernelTests
{
    private const int Vector = 16;

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void Four_outputs_of_a_tile_are_the_sums_of_their_taps(int dilation)
    {
        var x = BlockFormula.Values(FastKernel.Points * dilation * Vector, seed: dilation);
        var kernel = BlockFormula.Values(FastKernel.Taps, seed: 2);
        var products = (float*)NativeMemory.AlignedAlloc(FastKernel.Points * Vector * sizeof(float), 64);
        fixed (float* first = x) FastKernel.WriteValues(first, dilation * Vector, products, Vector);
        var values = FastKernel.KernelValues();
        for (var i = 0; i < FastKernel.Points * Vector; i++)
            products[i] *= kernel.Select((w, k) => w * values[k * FastKernel.Points + i / Vector]).Sum();

        FastKernel.WriteOutputs(products, Vector, out var y0, out var y1, out var y2, out var y3);
        NativeMemory.AlignedFree(products);
        Vector512<float>[] outputs = [y0, y1, y2, y3];
        for (var output = 0; output < outputs.Length; output++)
        {
            for (var lane = 0; lane < Vector; lane++)
            {
                var expected = kernel.Select((w, k) => (double)w * x[(output + k) * dilation * Vector + lane]).Sum();
                ((double)outputs[output][lane]).ShouldBe(expected, 1e-5, $"{output}, {lane}");
            }
        }
    }

    [Fact]
    public void Threes_and_fours_make_any_number_of_vectors()
    {
        for (var vectors = 1; vectors < 100; vectors++)
        {
            var left = Convolution.Whole(vectors);
            left.ShouldBeInRange(vectors, Math.Max(3, vectors + 1));
            while (left > 0) left -= Convolution.Next(left);
            left.ShouldBe(0, $"{vectors}");
        }
    }
}
