using System.Buffers;
using DiaOrleans.Audio.Memory;

namespace DiaOrleans.Audio.Tests.Memory;

public sealed class PooledWriterTests
{
    [Fact]
    public void It_holds_what_was_written_while_it_grows()
    {
        using var writer = new PooledWriter<int>();
        for (var i = 0; i < 10_000; i++) writer.Write([i, -i]);
        writer.Written.ToArray().ShouldBe([.. Enumerable.Range(0, 10_000).SelectMany(i => (int[])[i, -i])]);
        writer.GetSpan(50_000).Length.ShouldBeGreaterThanOrEqualTo(50_000);
        writer.Written[^1].ShouldBe(-9999);
    }

    [Fact]
    public void Items_are_removed_from_the_front_or_all()
    {
        using var writer = new PooledWriter<int>();
        writer.Write([1, 2, 3, 4, 5]);
        writer.Remove(2);
        writer.Write([6]);
        writer.Written.ToArray().ShouldBe([3, 4, 5, 6]);
        writer.Clear();
        writer.Written.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void More_than_there_is_room_for_is_refused()
    {
        using var writer = new PooledWriter<int>();
        var room = writer.GetSpan().Length;
        Should.Throw<ArgumentOutOfRangeException>(() => writer.Advance(room + 1));
    }
}
