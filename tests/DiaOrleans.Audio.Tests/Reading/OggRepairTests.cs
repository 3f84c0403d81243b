using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

public sealed class OggRepairTests
{
    private static byte[] File => MadeByFfmpeg.Tone("ogg", "-c:a libvorbis");

    [Fact]
    public void A_whole_file_and_other_files_stay_the_same_bytes()
    {
        foreach (var file in (byte[][])[File, [], [.. "OggS"u8], [.. "RIFF"u8, 1, 2, 3]]) OggRepair.Apply(file).ToArray().ShouldBe(file);
    }

    [Fact]
    public void Wherever_a_file_breaks_off_what_remains_is_whole_pages_of_its_packets()
    {
        var file = File;
        for (var length = 0; length < file.Length; length += 7)
        {
            var repaired = OggRepair.Apply(file.AsMemory(0, length));
            repaired.Length.ShouldBeLessThanOrEqualTo(length);
            OggRepair.Apply(repaired).ToArray().ShouldBe(repaired.ToArray());
        }
    }
}
