using System.Buffers;
using DiaOrleans.Grains.Rendering;

namespace DiaOrleans.Grains.Tests.Rendering;

public sealed class SegmentJoinerTests
{
    private const int Rate = 1000;

    [Fact]
    public void A_single_segment_is_left_as_it_is_and_not_held_back()
    {
        using var joiner = new SegmentJoiner(Rate);
        var output = new ArrayBufferWriter<float>();
        joiner.Begin(last: true, TimeSpan.Zero, output);
        joiner.Write([1, 1, 1], output);
        output.WrittenCount.ShouldBe(3);
        joiner.End(TimeSpan.Zero, output);
        output.WrittenSpan.ToArray().ShouldBe([1, 1, 1]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Segments_are_apart_by_silence_and_their_edges_fade_however_the_samples_come(int block)
    {
        using var joiner = new SegmentJoiner(Rate);
        var output = new ArrayBufferWriter<float>();
        for (var segment = 0; segment < 2; segment++)
        {
            joiner.Begin(last: segment == 1, TimeSpan.Zero, output);
            foreach (var samples in Enumerable.Repeat(1f, 20).Chunk(block)) joiner.Write(samples, output);
            joiner.End(TimeSpan.Zero, output);
        }

        var all = output.WrittenSpan.ToArray();
        all.Length.ShouldBe(20 + 150 + 20);
        all[..15].ShouldAllBe(s => s == 1);
        all[15..20].ShouldBe([5 / 6f, 4 / 6f, 3 / 6f, 2 / 6f, 1 / 6f]);
        all[20..170].ShouldAllBe(s => s == 0);
        all[170..175].ShouldBe([1 / 6f, 2 / 6f, 3 / 6f, 4 / 6f, 5 / 6f]);
        all[175..].ShouldAllBe(s => s == 1);
    }

    [Fact]
    public void A_pause_stands_before_between_and_behind_segments_instead_of_the_usual_silence()
    {
        using var joiner = new SegmentJoiner(Rate);
        var output = new ArrayBufferWriter<float>();
        for (var segment = 0; segment < 2; segment++)
        {
            joiner.Begin(last: segment == 1, TimeSpan.FromSeconds(segment + 1), output);
            joiner.Write([1, 1, 1], output);
            joiner.End(segment == 1 ? TimeSpan.FromSeconds(0.5) : TimeSpan.Zero, output);
        }

        var all = output.WrittenSpan.ToArray();
        all.Length.ShouldBe(1000 + 3 + 2000 + 3 + 500);
        Enumerable.Range(0, all.Length).Where(i => all[i] != 0).ShouldBe([1000, 1001, 1002, 3003, 3004, 3005]);
    }
}
