using DiaOrleans.Grains.Rendering;

namespace DiaOrleans.Grains.Tests.Rendering;

public sealed class SeedChainTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    [InlineData(long.MaxValue)]
    public void The_first_call_has_the_requests_own_seed(long seed) => SeedChain.Derive(seed, 0, 0).ShouldBe(seed);

    [Fact]
    public void Segments_and_retries_have_seeds_of_their_own_that_stay_the_same()
    {
        long[] seeds =
        [
            .. from seed in (long[])[0, 1, 42]
            from segment in Enumerable.Range(0, 5)
            from attempt in Enumerable.Range(0, 3)
            select SeedChain.Derive(seed, segment, attempt),
        ];
        seeds.Distinct().Count().ShouldBe(seeds.Length);
        SeedChain.Derive(42, 3, 1).ShouldBe(SeedChain.Derive(42, 3, 1));
    }
}
