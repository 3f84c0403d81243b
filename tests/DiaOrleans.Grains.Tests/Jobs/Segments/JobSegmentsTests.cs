using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Jobs.Segments;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.Jobs.Segments;

public sealed class JobSegmentsTests
{
    private static readonly Guid Job = Guid.NewGuid();
    private readonly SharedStorage _storage = new();

    [Fact]
    public async Task Stored_segments_are_found_by_the_next_activation_and_removed_by_it()
    {
        var first = Open(mayHaveRows: false);
        (await first.Keep(0, Whole("a", 1, 2, 3, 1023))).ShouldBeTrue();
        (await first.Keep(2, Whole("c", 5, 6))).ShouldBeFalse("the segment before it is not stored");
        (await first.Keep(1, Whole("b", 5, 6))).ShouldBeTrue();
        var second = Open();
        ShouldBe(await second.Find(1), "b", isWhole: true, 5, 6);
        ShouldBe(await second.Find(0), "a", isWhole: true, 1, 2, 3, 1023);
        (await second.Find(2)).ShouldBeNull();
        await Open().Clear();
        _storage.Rows("job-segment").ShouldBe(0);
        (await Open().Find(0)).ShouldBeNull();
        (await Open().Keep(0, Whole("d", 7, 8))).ShouldBeTrue("a removed row can be written again");
    }

    [Fact]
    public async Task A_segment_that_is_made_by_another_call_replaces_the_stored_one()
    {
        await Open().Keep(0, Whole("a", 1, 2));
        var again = Open();
        (await again.Keep(0, Whole("b", 3, 4))).ShouldBeTrue();
        ShouldBe(await again.Find(0), "b", isWhole: true, 3, 4);
    }

    [Fact]
    public async Task Codes_of_the_running_segment_are_kept_in_memory_until_it_is_stored()
    {
        var segments = Open(mayHaveRows: false);
        segments.Append(Fresh(0, 0, "a", 1, 2, 3, 4)).ShouldBe(2);
        segments.Append(Fresh(0, 1, "a", 3, 4, 5, 6)).ShouldBe(3, "a repeated report adds what is new in it");
        segments.Append(Fresh(0, 0, "a", 1, 2)).ShouldBe(3);
        ShouldBe(await segments.Find(0), "a", isWhole: false, 1, 2, 3, 4, 5, 6);
        (await segments.Find(1)).ShouldBeNull();
        segments.Append(Fresh(0, 3, "b", 9, 9)).ShouldBe(0, "of another call all codes are wanted");
        ShouldBe(await segments.Find(0), "a", isWhole: false, 1, 2, 3, 4, 5, 6);
        segments.Append(Fresh(0, 0, "b", 8, 8)).ShouldBe(1);
        ShouldBe(await segments.Find(0), "b", isWhole: false, 8, 8);
        await segments.Keep(0, Whole("b", 8, 8, 9, 9));
        ShouldBe(await segments.Find(0), "b", isWhole: true, 8, 8, 9, 9);
        segments.Append(Fresh(1, 0, "c", 7, 7)).ShouldBe(1);
        await segments.Clear();
        (await segments.Find(1)).ShouldBeNull();
        _storage.Writes.ShouldBe(2);
    }

    [Fact]
    public async Task After_a_failed_write_or_removal_the_rows_are_read_again()
    {
        var segments = Open(mayHaveRows: false);
        await segments.Keep(0, Whole("a", 1, 2));
        _storage.FailNext = "job-segment";
        await Should.ThrowAsync<OrleansException>(segments.Keep(1, Whole("b", 3, 4)));
        (await segments.Keep(1, Whole("b", 3, 4))).ShouldBeTrue();
        _storage.FailNext = "job-segment";
        await Should.ThrowAsync<OrleansException>(segments.Clear());
        _storage.Rows("job-segment").ShouldBe(2);
        await segments.Clear();
        _storage.Rows("job-segment").ShouldBe(0);
    }

    private JobSegments Open(bool mayHaveRows = true) => new(_storage, Job, mayHaveRows);

    private static SegmentCodes Whole(string call, params short[] cells) => new(call, 0, new AudioCodes(cells, 2), IsWhole: true);

    private static NewCodes Fresh(int segment, int first, string call, params short[] cells) =>
        new(segment, first, new SegmentCodes(call, 0, new AudioCodes(cells, 2), IsWhole: false));

    private static void ShouldBe(SegmentCodes? found, string call, bool isWhole, params short[] cells)
    {
        found.ShouldNotBeNull();
        (found.Call, found.IsWhole, found.Codes.Channels).ShouldBe((call, isWhole, 2));
        found.Codes.Cells.ShouldBe(cells);
    }
}
