using DiaOrleans.Inference.Decoding;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Decoding;

public sealed class TokenSamplerTests
{
    private const int Eos = 8;
    private static readonly TokenRules Rules = new(Bos: 10, Eos, Pad: 9, CodebookSize: 8, Vocab: 12, Classic: false);
    private static readonly SamplingSettings NoFilter = new(Temperature: 1, TopP: 1, TopK: 12);
    private static readonly SamplingSettings Greedy = NoFilter with { Temperature = 0 };

    [Fact]
    public void Draws_in_proportion_to_the_exponentials()
    {
        var drawn = Distribution(Rules, 1, [3, 1, 2], [0, MathF.Log(2), MathF.Log(5)], NoFilter);
        drawn.Select(token => token.Id).ShouldBe([2, 1, 3]);
        drawn.Select(token => token.Probability).ShouldBe([5 / 8.0, 2 / 8.0, 1 / 8.0], 1e-6);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(0.4999, 3)]
    [InlineData(0.5, 4)]
    [InlineData(0.9999, 4)]
    public void Gives_every_token_its_own_part_of_the_unit_interval(double uniform, int id) =>
        Choose(Rules, 1, [3, 4], [1, 1], NoFilter, uniform).ShouldBe(id);

    [Fact]
    public void Divides_logits_by_the_temperature() =>
        Distribution(Rules, 1, [1, 2], [2 * MathF.Log(3), 0], NoFilter with { Temperature = 2 })[0].Probability.ShouldBe(0.75, 1e-6);

    [Fact]
    public void Takes_the_best_conditional_logit_at_temperature_0()
    {
        Choose(Rules, 1, [3, 5, 4], [1, 2, 3], Greedy, 0.99).ShouldBe(4);
        Choose(Rules, 1, [5, 3], [2, 2], Greedy, 0.99).ShouldBe(3);
    }

    [Fact]
    public void Selects_before_it_masks_special_ids()
    {
        var drawn = Distribution(Rules, 1, [10, 3, 4], [9, 1, 5], NoFilter with { TopK = 2 });
        drawn.ShouldHaveSingleItem().Id.ShouldBe(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Falls_back_when_only_special_ids_were_selected(int channel)
    {
        Choose(Rules, channel, [9, 10, 11, 3], [9, 8, 7, 1], NoFilter with { TopK = 3 }, 0.5, fallbackId: 6).ShouldBe(6);
        Distribution(Rules, channel, [9, 10, 11, 3], [9, 8, 7, 1], NoFilter with { TopK = 3 }, fallbackId: 6).ShouldHaveSingleItem()
            .ShouldBe((6, 1));
        var settings = NoFilter with { TopK = 3 };
        Should.Throw<InvalidOperationException>(() => Choose(Rules, channel, [9, 10, 11, 3], [9, 8, 7, 1], settings, 0.5));
    }

    [Fact]
    public void Ends_with_certainty_when_eos_is_the_best_of_channel_0() =>
        Distribution(Rules, 0, [3, Eos, 4], [1, 1.01f, 0.5f], NoFilter).ShouldHaveSingleItem().ShouldBe((Eos, 1));

    [Fact]
    public void Never_ends_when_eos_is_not_the_best()
    {
        Distribution(Rules, 0, [Eos, 3, 4], [1, 1.01f, 0.5f], NoFilter).Select(token => token.Id).ShouldBe([3, 4]);
        Distribution(Rules, 0, [Eos, 3], [1, 1], NoFilter).ShouldHaveSingleItem().Id.ShouldBe(3);
    }

    [Fact]
    public void Never_draws_eos_in_another_channel() =>
        Distribution(Rules, 1, [Eos, 3], [9, 1], NoFilter).ShouldHaveSingleItem().Id.ShouldBe(3);

    [Fact]
    public void Classic_draws_an_eos_that_is_the_best_among_the_others()
    {
        var drawn = Distribution(Rules with { Classic = true }, 0, [Eos, 3, 4], [MathF.Log(3), 0, -1], NoFilter with { TopK = 2 });
        drawn.Select(token => token.Id).ShouldBe([Eos, 3]);
        drawn.Select(token => token.Probability).ShouldBe([0.75, 0.25], 1e-6);
    }

    [Fact]
    public void Classic_fills_the_place_of_an_eos_that_is_not_the_best() =>
        Distribution(Rules with { Classic = true }, 0, [3, Eos, 4, 5], [2, 1.5f, 1, 0], NoFilter with { TopK = 2 })
            .Select(token => token.Id).ShouldBe([3, 4]);

    [Fact]
    public void Classic_keeps_top_k_without_eos() =>
        Distribution(Rules with { Classic = true }, 1, [3, 6, 4, 5], [2, 1.5f, 1, 0], NoFilter with { TopK = 3 })
            .Select(token => token.Id).ShouldBe([3, 6, 4]);

    [Theory]
    [InlineData(0.4f, 1)]
    [InlineData(0.55f, 2)]
    [InlineData(0.9f, 3)]
    [InlineData(1f, 3)]
    [InlineData(1e-9f, 1)]
    public void Keeps_a_token_while_the_mass_above_it_is_within_top_p(float topP, int kept)
    {
        float[] probabilities = [0.5f, 0.3f, 0.2f];
        var drawn = Distribution(
            Rules,
            1,
            [0, 1, 2],
            [.. probabilities.Select(probability => MathF.Log(probability))],
            NoFilter with { TopP = topP });
        drawn.Count.ShouldBe(kept);
        drawn.Sum(token => token.Probability).ShouldBe(1, 1e-12);
        drawn[0].Probability.ShouldBe(0.5 / probabilities.Take(kept).Sum(), 1e-6);
    }

    [Fact]
    public void Keeps_a_token_with_exactly_top_p_above_it() =>
        Distribution(Rules, 1, [0, 1, 2, 3], [0, 0, 0, 0], NoFilter with { TopP = 0.5f }).Count.ShouldBe(3);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Reports_a_model_that_overflowed(float value) =>
        Should.Throw<NotFiniteNumberException>(() => Choose(Rules, 2, [3, 4], [1, value], NoFilter, 0.5)).Message
            .ShouldContain("channel 2");

    [Fact]
    public void Ignores_masked_candidates() =>
        Distribution(Rules, 1, [3, 4], [1, float.NegativeInfinity], NoFilter).ShouldHaveSingleItem().Id.ShouldBe(3);

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e30f)]
    public void Accepts_extreme_temperatures(float temperature) =>
        Distribution(Rules, 1, [3, 4, 5], [1e30f, -1e30f, 0], NoFilter with { Temperature = temperature }).Sum(token => token.Probability)
            .ShouldBe(1, 1e-12);

    [Fact]
    public void Uses_as_many_candidates_as_there_are() =>
        Distribution(Rules, 1, [3, 4], [1, 1], NoFilter with { TopK = int.MaxValue }).Count.ShouldBe(2);

    [Property]
    public bool Chooses_by_the_inverse_of_the_distribution(int seed, bool classic, byte topK, byte topP)
    {
        var random = new Random(seed);
        int[] ids = [.. Enumerable.Range(0, Rules.Vocab)];
        random.Shuffle(ids);
        float[] values = [.. ids.Select(_ => (float)(random.NextDouble() * 6))];
        if (classic) Array.Sort(values, ids, Comparer<float>.Create((a, b) => b.CompareTo(a)));
        var rules = Rules with { Classic = classic };
        var settings = NoFilter with { TopK = 1 + (topK % Rules.Vocab), TopP = (1 + topP) / 256f };
        var channel = random.Next(2);
        var uniform = random.NextDouble();
        var drawn = Distribution(rules, channel, ids, values, settings, fallbackId: 0);
        var above = 0.0;
        var expected = drawn.First(token => (above += token.Probability) > uniform || token == drawn[^1]).Id;
        return Choose(rules, channel, ids, values, settings, uniform, fallbackId: 0) == expected
            && rules.IsDrawable(channel, expected)
            && drawn.Count <= settings.TopK
            && Math.Abs(drawn.Sum(token => token.Probability) - 1) < 1e-9
            && drawn.Zip(drawn.Skip(1), (a, b) => a.Probability >= b.Probability).All(falling => falling);
    }

    [Fact]
    public void Allocates_nothing()
    {
        var sampler = new TokenSampler(Rules, Rules.Vocab);
        int[] ids = [.. Enumerable.Range(0, Rules.Vocab)];
        float[] values = [.. ids.Select(id => id * 0.1f)];
        var settings = new SamplingSettings();
        sampler.Choose(0, ids, values, settings, 0.5, -1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var row = 0; row < 100; row++) sampler.Choose(row % 9, ids, values, settings, CounterRandom.Uniform(1, row, 0), -1);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static int Choose(
        TokenRules rules,
        int channel,
        int[] ids,
        float[] values,
        SamplingSettings settings,
        double uniform,
        int fallbackId = -1) =>
        new TokenSampler(rules, ids.Length).Choose(channel, ids, values, settings, uniform, fallbackId);

    private static List<(int Id, double Probability)> Distribution(
        TokenRules rules,
        int channel,
        int[] ids,
        float[] values,
        SamplingSettings settings,
        int fallbackId = -1)
    {
        var outIds = new int[ids.Length];
        var probabilities = new double[ids.Length];
        new TokenSampler(rules, ids.Length).Probabilities(channel, ids, values, settings, fallbackId, outIds, probabilities, out var count);
        return [.. outIds.Zip(probabilities).Take(count)];
    }
}
