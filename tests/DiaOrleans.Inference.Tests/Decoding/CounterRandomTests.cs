using DiaOrleans.Inference.Decoding;
using FsCheck;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Decoding;

public sealed class CounterRandomTests
{
    [Theory]
    [InlineData(new[] { 0u, 0u, 0u, 0u, 0u, 0u }, new[] { 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u })]
    [InlineData(
        new[] { 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu },
        new[] { 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu })]
    [InlineData(
        new[] { 0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u },
        new[] { 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u })]
    public void Gives_the_published_words(uint[] counterAndKey, uint[] words)
    {
        var x = counterAndKey;
        var (a, b, c, d) = CounterRandom.Philox(x[0], x[1], x[2], x[3], x[4], x[5]);
        new[] { a, b, c, d }.ShouldBe(words);
    }

    [Fact]
    public void Takes_the_first_two_words_as_53_bits() =>
        CounterRandom.Uniform(seed: 0, row: 0, channel: 0).ShouldBe((0xe169c58d6627e8d5 >> 11) / Math.Pow(2, 53));

    [Property(MaxTest = 1000)]
    public bool Lies_between_0_and_1(long seed, long row, int channel) => CounterRandom.Uniform(seed, row, channel) is >= 0 and < 1;

    [Property]
    public bool Every_bit_of_the_position_matters(long seed, long row, int channel)
    {
        var here = CounterRandom.Uniform(seed, row, channel);
        return Enumerable.Range(0, 64).All(bit => CounterRandom.Uniform(seed ^ (1L << bit), row, channel) != here)
            && Enumerable.Range(0, 64).All(bit => CounterRandom.Uniform(seed, row ^ (1L << bit), channel) != here)
            && Enumerable.Range(0, 32).All(bit => CounterRandom.Uniform(seed, row, channel ^ (1 << bit)) != here);
    }

    [Fact]
    public void Is_uniform_and_independent_of_the_row_before()
    {
        const int Count = 100_000;
        var numbers = Enumerable.Range(0, Count).Select(i => CounterRandom.Uniform(7, i / 9, i % 9)).ToArray();
        numbers.Average().ShouldBe(0.5, 0.005);
        foreach (var tenth in numbers.CountBy(number => (int)(number * 10)))
        {
            tenth.Value.ShouldBeInRange((Count / 10) - 500, (Count / 10) + 500);
        }
        numbers.Skip(9).Zip(numbers, (now, before) => (now - 0.5) * (before - 0.5)).Average().ShouldBe(0, 0.002);
    }
}
