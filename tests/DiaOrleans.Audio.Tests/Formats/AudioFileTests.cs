using System.Buffers.Binary;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Tests.Signals;

namespace DiaOrleans.Audio.Tests.Formats;

public sealed class AudioFileTests
{
    public static TheoryData<AudioFormat> Formats => [.. AudioFormats.All];

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_file_is_the_same_for_pieces_of_any_length(AudioFormat format)
    {
        var rate = format.RateFor(format == AudioFormat.Pcm ? 24000 : 44100);
        var samples = Voice.Speak(2.5, rate);
        using var file = new AudioFile(format, rate);
        foreach (var piece in samples.Chunk(3001)) file.Write(piece);
        WholeFile.Joined(file).ShouldBe(WholeFile.Encode(format, samples, rate));
    }

    [Fact]
    public void A_wave_file_of_many_pieces_states_its_sizes()
    {
        using var file = new AudioFile(AudioFormat.Wav, 44100);
        for (var n = 0; n < 5; n++) file.Write(new float[50_000]);
        var pieces = file.Finish();
        pieces.Count.ShouldBeGreaterThan(1);
        BinaryPrimitives.ReadUInt32LittleEndian(pieces[0].Span[4..]).ShouldBe(36u + 500_000);
        BinaryPrimitives.ReadUInt32LittleEndian(pieces[0].Span[40..]).ShouldBe(500_000u);
        pieces.Sum(piece => piece.Length).ShouldBe(44 + 500_000);
    }

    [Fact]
    public void No_piece_is_large_enough_for_the_large_object_heap()
    {
        using var file = new AudioFile(AudioFormat.Wav, 44100);
        file.Write(new float[1_000_000]);
        file.Finish().Max(piece => piece.Length).ShouldBeLessThan(85_000);
    }
}
