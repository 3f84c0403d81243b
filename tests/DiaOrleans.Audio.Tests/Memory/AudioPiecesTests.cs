using DiaOrleans.Audio.Memory;

namespace DiaOrleans.Audio.Tests.Memory;

public sealed class AudioPiecesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    [InlineData(AudioPieces.FullBytes)]
    [InlineData(AudioPieces.FullBytes + 1)]
    public void A_copy_has_the_bytes_and_their_number(int length)
    {
        var bytes = Bytes(length, 1);
        var piece = AudioPieces.Copy(bytes);
        piece.ToArray().ShouldBe(bytes);
        AudioPieces.GiveBack(piece);
    }

    [Fact]
    public void Pieces_keep_their_bytes_until_they_are_given_back()
    {
        var pieces = Enumerable.Range(0, 200).Select(n => AudioPieces.Copy(Bytes(5000, n))).ToList();
        foreach (var piece in pieces[..100]) AudioPieces.GiveBack(piece);
        foreach (var n in Enumerable.Range(0, 100)) pieces[n] = AudioPieces.Copy(Bytes(5000, n));
        foreach (var (n, piece) in pieces.Index()) piece.ToArray().ShouldBe(Bytes(5000, n));
    }

    [Fact]
    public void Other_memory_is_not_taken()
    {
        var other = Bytes(AudioPieces.FullBytes, 1);
        AudioPieces.GiveBack(other.AsMemory(1));
        AudioPieces.GiveBack(Bytes(100, 1));
        AudioPieces.GiveBack(default);
        var pieces = Enumerable.Range(0, 200).Select(_ => AudioPieces.Copy(Bytes(AudioPieces.FullBytes, 2))).ToList();
        other.ShouldBe(Bytes(AudioPieces.FullBytes, 1));
        foreach (var piece in pieces) AudioPieces.GiveBack(piece);
    }

    private static byte[] Bytes(int count, int from) => [.. Enumerable.Range(from, count).Select(i => (byte)(i * 7))];
}
