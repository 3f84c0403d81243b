using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

/// <summary>
/// For any bytes a reader returns a recording or throws a <see cref="RecordingException"/>. The seeds are fixed, so a failure can be
/// repeated.
/// </summary>
public sealed class DamagedFilesTests : IDisposable
{
    private static readonly ReadLimits Limits = new(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("reader-tests-").FullName;

    public static TheoryData<string, string> Kinds => new()
    {
        { "wav", "" }, { "wav", "-c:a pcm_f32le" }, { "wav", "-c:a adpcm_ms" }, { "wav", "-c:a adpcm_ima_wav" },
        { "aiff", "" }, { "au", "" }, { "caf", "" }, { "flac", "" },
        { "ogg", "-c:a libvorbis" }, { "opus", "-c:a libopus" }, { "mp3", "-write_xing 0" },
    };

    public void Dispose()
    {
        var left = Directory.GetFileSystemEntries(_folder);
        Directory.Delete(_folder, recursive: true);
        left.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Truncated_files_are_shorter_or_refused(string extension, string options)
    {
        var file = MadeByFfmpeg.Tone(extension, options);
        var whole = Read(new SoundFileReader(), file).ShouldNotBeNull();
        for (var length = 0; length < file.Length; length += length < 120 ? 1 : file.Length / 40)
        {
            if (Read(new SoundFileReader(), file.AsMemory(0, length)) is not { } part) continue;
            part.Samples.Length.ShouldBeLessThanOrEqualTo(whole.Samples.Length + whole.SampleRate / 10);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Files_with_flipped_bits_are_decoded_or_refused(string extension, string options)
    {
        var random = new Random(20);
        for (var round = 0; round < 150; round++)
        {
            var file = MadeByFfmpeg.Tone(extension, options);
            // Half of the flips are in the header, which affects the decoding most.
            for (var flip = random.Next(1, 12); flip > 0; flip--)
            {
                file[random.Next(flip % 2 == 0 ? Math.Min(120, file.Length) : file.Length)] ^= (byte)(1 << random.Next(8));
            }

            Read(new SoundFileReader(), file);
        }
    }

    [Theory]
    [InlineData("RIFF\0\0\0\0WAVEfmt ")]
    [InlineData("FORM\0\0\0\0AIFFCOMM")]
    [InlineData("FORM\0\0\0\0AIFCCOMM")]
    [InlineData("fLaC\0\0\0\u0022")]
    [InlineData("OggS\0\u0002")]
    [InlineData("ID3\u0003\0\0\0\0\0\u0010")]
    [InlineData("\u00ff\u00fb\u0090\0")]
    [InlineData(".snd\0\0\0\u0018")]
    [InlineData("caff\0\u0001\0\0desc")]
    public void Random_bytes_after_a_signature_are_decoded_or_refused(string signature)
    {
        var random = new Random(21);
        for (var round = 0; round < 100; round++)
        {
            var file = new byte[random.Next(12, 4000)];
            random.NextBytes(file);
            var known = System.Text.Encoding.Latin1.GetBytes(signature);
            known.AsSpan(0, Math.Min(known.Length, file.Length)).CopyTo(file);
            Read(new SoundFileReader(), file);
        }
    }

    [Theory]
    [InlineData("m4a")]
    [InlineData("aac")]
    [InlineData("wma")]
    public void Damaged_files_of_ffmpeg_are_decoded_or_refused(string extension)
    {
        var reader = new FfmpegReader(new FfmpegOptions { TemporaryFolder = _folder });
        var random = new Random(22);
        var whole = MadeByFfmpeg.Tone(extension);
        foreach (var length in (int[])[30, whole.Length / 3, whole.Length - 50]) Read(reader, whole.AsMemory(0, length));
        for (var round = 0; round < 3; round++)
        {
            var file = (byte[])whole.Clone();
            for (var flip = 0; flip < 20; flip++) file[random.Next(8, file.Length)] ^= (byte)(1 << random.Next(8));
            Read(reader, file);
        }
    }

    private static Recording? Read(IOptionalReader reader, ReadOnlyMemory<byte> file)
    {
        Assert.SkipUnless(reader.Missing is null, reader.Missing ?? "");
        try
        {
            var recording = reader.Read(file, Limits);
            recording.Samples.ShouldNotBeEmpty();
            Array.TrueForAll(recording.Samples, float.IsFinite).ShouldBeTrue();
            return recording;
        }
        catch (RecordingException e)
        {
            e.Message.ShouldNotBeNullOrWhiteSpace();
            return null;
        }
    }
}
