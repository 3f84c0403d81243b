using DiaOrleans.Inference.Kernels;

namespace DiaOrleans.Inference.Tests.Kernels;

public sealed class NarrowSoftmaxTests
{
    private const int Stride = 16;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 10)]
    [InlineData(200, 3)]
    [InlineData(333, 40)]
    public void Exponentials_are_those_of_the_differences_to_the_largest(int count, double scale)
    {
        var random = new Random(count);
        float[] scores = [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * scale))];
        var (weights, sum) = Exponentiate(scores);
        var most = scores.Max();
        for (var i = 0; i < count; i++)
        {
            var expected = Math.Exp(scores[i] - most);
            ((double)weights[i]).ShouldBe(expected, 5e-7 * expected + 1e-12, $"score {scores[i]} of at most {most}");
        }

        weights.Skip(count).ShouldAllBe(w => w == 0);
        ((double)sum).ShouldBe(weights.Sum(w => (double)w), 1e-5 * sum);
    }

    [Fact]
    public void A_score_that_is_far_less_has_no_weight() =>
        Exponentiate([0, -86, -88, -1e30f, float.MinValue]).Weights[2..5].ShouldBe([0, 0, 0]);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_no_number_stays_none(float broken)
    {
        for (var place = 0; place < 20; place++)
        {
            var scores = new float[20];
            scores[place] = broken;
            Exponentiate(scores).Sum.ShouldBe(float.NaN);
        }
    }

    private static unsafe (float[] Weights, float Sum) Exponentiate(float[] scores)
    {
        Assert.SkipUnless(NarrowVectors.IsSupported, "this processor has no AVX2: it keeps keys and values in fp32");
        var padded = new float[(scores.Length + Stride - 1) / Stride * Stride];
        Array.Fill(padded, float.NaN);
        scores.CopyTo(padded, 0);
        fixed (float* first = padded)
        {
            var sum = NarrowSoftmax.Exponentiate(first, scores.Length, padded.Length);
            return (padded, sum);
        }
    }
}
