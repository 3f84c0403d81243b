using DiaOrleans.Inference.Quantisation;
using DiaOrleans.Inference.Tests.Checkpoints;

namespace DiaOrleans.Inference.Tests.Quantisation;

public sealed class FileChecksumTests : IDisposable
{
    private const int Block = 16 << 20;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(2 * Block + 12345)]
    public void The_checksum_of_a_file_is_that_of_its_bytes_in_any_pieces(int length)
    {
        var (path, bytes) = Write(length);
        var random = new Random(3);
        var pieces = new FileChecksum();
        for (var at = 0; at < length;)
        {
            var count = Math.Min(random.Next(1, 5_000_000), length - at);
            pieces.Append(bytes.AsSpan(at, count));
            at += count;
        }

        pieces.Finish().ShouldBe(FileChecksum.Of(path, length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Block)]
    [InlineData(2 * Block - 1)]
    public void A_changed_byte_changes_the_checksum(int place)
    {
        var (path, bytes) = Write(2 * Block);
        var before = FileChecksum.Of(path, bytes.Length);
        bytes[place] ^= 1;
        File.WriteAllBytes(path, bytes);
        FileChecksum.Of(path, bytes.Length).ShouldNotBe(before);
    }

    [Fact]
    public void Exchanged_blocks_change_the_checksum()
    {
        var (path, bytes) = Write(2 * Block);
        var before = FileChecksum.Of(path, bytes.Length);
        File.WriteAllBytes(path, [.. bytes[Block..], .. bytes[..Block]]);
        FileChecksum.Of(path, bytes.Length).ShouldNotBe(before);
    }

    [Fact]
    public void A_file_that_is_too_short_has_none()
    {
        var (path, bytes) = Write(100);
        FileChecksum.Of(path, bytes.Length + 1).ShouldBeNull();
        FileChecksum.Of(path, -1).ShouldBeNull();
    }

    private (string Path, byte[] Bytes) Write(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var path = _folder.File("file");
        File.WriteAllBytes(path, bytes);
        return (path, bytes);
    }
}
