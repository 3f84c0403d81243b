using System.Numerics.Tensors;
using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>
/// What quantised weights lose: the distributions that codes are drawn from, along speech that the model in fp32 has made. The bounds are
/// for the weights of the shipped model and of the repository's set.
/// </summary>
public sealed class QuantisedModelTests
{
    private const int FramesPerText = 60;
    private const int Rows = 300;
    private const float Guidance = 3f;

    private static readonly string[] Texts =
    [
        "[S1] The rain stopped before the train came to the station.",
        "[S2] Nobody had an umbrella, and nobody was in a hurry.",
        "[S1] Please bring three red apples from the kitchen.",
        "[S1] Good morning. How are you today? [S2] I am fine, thanks.",
        "[S2] The quick brown fox jumps over the lazy dog.",
        "[S1] We will meet again at seven in front of the old library.",
    ];

    [Fact]
    public void The_shipped_model_draws_from_nearly_the_same_distributions()
    {
        using var exact = Golden.Load("dia-nano", threads: 1);
        using var int8 = Golden.Load("dia-nano", precision: Precision.Int8, threads: 1);
        using var int4 = Golden.Load("dia-nano", precision: Precision.Int4, threads: 1);
        Loss[] losses = [new("int8", exact.Config), new("int4", exact.Config)];
        for (var i = 0; i < Texts.Length; i++)
        {
            var ids = TextIds.Encode(Texts[i]);
            var rows = Speak(exact, new DecodeRequest(ids, FramesPerText, Seed: i, Prompt: null, Sampling: null));
            var logits = Golden.Force(exact, ids, rows);
            losses[0].Add(logits, Golden.Force(int8, ids, rows));
            losses[1].Add(logits, Golden.Force(int4, ids, rows));
        }

        losses[0].ShouldBeWithin(divergence: 0.01, distance: 0.05);
        losses[1].ShouldBeWithin(divergence: 0.15, distance: 0.2);
    }

    [Theory]
    [InlineData("dia-0626-tiny")]
    [InlineData("dia-0626-tiny-nari")]
    [InlineData("dia-0626-tiny-sharded")]
    [InlineData("dia-classic-tiny")]
    public void Logits_of_every_layout_are_near_the_reference(string checkpoint)
    {
        // Rows of 40 weights, drawn at random, average out less of the rounding than a model's.
        const double tolerance = 0.08;
        var vectors = VectorFile.Open(checkpoint == "dia-classic-tiny" ? checkpoint : "dia-0626-tiny");
        using var model = Golden.Load(checkpoint, precision: Precision.Int8);
        var ids = TextIds.Encode(vectors.Json.GetProperty("texts").GetProperty("a").GetString()!);
        var (cond, uncond) = Golden.Force(model, ids, Golden.Grid(vectors, "forced.grid"));
        Golden.ShouldMatch(cond, vectors.Floats("forced.a.cond"), tolerance, $"{checkpoint} int8 cond");
        Golden.ShouldMatch(uncond, vectors.Floats("forced.a.uncond"), tolerance, $"{checkpoint} int8 uncond");
        Golden.Error(cond, vectors.Floats("forced.a.cond")).ShouldBeGreaterThan(Golden.LogitsTolerance);
    }

    private static CodeGrid Speak(DiaModel model, DecodeRequest request)
    {
        var slot = new Slot(0, model, model.Decoder);
        slot.Enter(request);
        var grid = slot.Grid!;
        while (!grid.Finished)
        {
            slot.Feed();
            model.Decoder.Step();
            slot.Advance();
        }

        slot.Leave();
        var rows = new CodeGrid(grid.Rows - 1, model.Delay.Channels);
        for (var row = 0; row < rows.Rows; row++) grid.Row(row).CopyTo(rows.Row(row));
        return rows;
    }

    /// <summary>Mean loss over rows and channels, of softmax of the guided logits of all codes.</summary>
    private sealed class Loss(string precision, DiaConfig config)
    {
        private double _divergence;
        private double _distance;
        private int _count;

        /// <summary>
        /// Accepts at most these means of the Kullback-Leibler divergence and of the total variation distance, from the exact distributions
        /// to the quantised ones; but more than none, which a model in fp32 would have.
        /// </summary>
        public void ShouldBeWithin(double divergence, double distance)
        {
            var found = $"{precision}: KL {_divergence / _count:E1}, TV {_distance / _count:F3}";
            TestContext.Current.TestOutputHelper?.WriteLine(found);
            _count.ShouldBeGreaterThanOrEqualTo(Rows * config.Decoder.Channels);
            (_divergence / _count).ShouldBeInRange(1e-4, divergence, found);
            (_distance / _count).ShouldBeInRange(1e-3, distance, found);
        }

        public void Add((float[] Cond, float[] Uncond) exact, (float[] Cond, float[] Uncond) quantised)
        {
            for (var start = 0; start < exact.Cond.Length; start += config.Decoder.Vocab)
            {
                var p = Distribution(exact, start);
                var q = Distribution(quantised, start);
                for (var i = 0; i < config.Eos; i++)
                {
                    if (p[i] > 0) _divergence += p[i] * Math.Log(p[i] / Math.Max(q[i], 1e-300));
                    _distance += Math.Abs(p[i] - q[i]) / 2;
                }

                _count++;
            }
        }

        private double[] Distribution((float[] Cond, float[] Uncond) logits, int start)
        {
            var guided = new double[config.Eos];
            for (var i = 0; i < config.Eos; i++)
            {
                double cond = logits.Cond[start + i];
                guided[i] = cond + Guidance * (cond - logits.Uncond[start + i]);
            }

            var probabilities = new double[config.Eos];
            TensorPrimitives.SoftMax(guided, probabilities);
            return probabilities;
        }
    }
}
