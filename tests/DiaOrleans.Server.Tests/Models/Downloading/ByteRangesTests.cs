using DiaOrleans.Server.Models.Downloading;
using FsCheck.Xunit;

namespace DiaOrleans.Server.Tests.Models.Downloading;

public sealed class ByteRangesTests
{
    private const int Size = 40;

    /// <summary>Compared with a set of single bytes.</summary>
    [Property]
    public void Ranges_are_the_set_of_their_bytes((byte From, byte Length)[] added, byte most)
    {
        var ranges = new ByteRanges();
        var bytes = new HashSet<long>();
        foreach (var (from, length) in added)
        {
            var range = new ByteRange(from % Size, Math.Min(from % Size + length % 9, Size));
            ranges.Add(range);
            for (var i = range.From; i < range.To; i++) bytes.Add(i);
        }

        ranges.Count.ShouldBe(bytes.Count);
        ranges.All.SelectMany(Bytes).ShouldBe(bytes.Order());
        ranges.All.Zip(ranges.All.Skip(1)).ShouldAllBe(pair => pair.First.To < pair.Second.From);
        var piece = most % 7 + 1;
        var missing = ranges.Missing(Size, piece).ToArray();
        missing.SelectMany(Bytes).ShouldBe(Enumerable.Range(0, Size).Select(i => (long)i).Except(bytes));
        missing.ShouldAllBe(range => range.Length > 0 && range.Length <= piece);
    }

    [Fact]
    public void What_lies_behind_the_size_is_not_missing()
    {
        var ranges = new ByteRanges();
        ranges.Add(new ByteRange(5, 100));
        ranges.Missing(10, 3).ShouldBe([new ByteRange(0, 3), new ByteRange(3, 5)]);
        ranges.Missing(3, 3).ShouldBe([new ByteRange(0, 3)]);
    }

    private static IEnumerable<long> Bytes(ByteRange range)
    {
        for (var i = range.From; i < range.To; i++) yield return i;
    }
}
