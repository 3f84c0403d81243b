using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Audio.Tests.Reading;

public sealed class RecordingReadersTests
{
    private static readonly ReadLimits Minute = new(60);
    private static readonly Recording Decoded = new([0.5f], 8000, 1);

    [Fact]
    public void The_first_reader_that_supports_the_file_is_used()
    {
        var never = new Fake(() => throw new InvalidOperationException("called"));
        new RecordingReaders([Unreadable("no"), new Fake(() => Decoded), never]).Read(new byte[1], Minute).ShouldBeSameAs(Decoded);
    }

    [Theory]
    [InlineData(RecordingProblem.Empty)]
    [InlineData(RecordingProblem.TooLong)]
    public void A_file_that_one_reader_supports_and_refuses_is_not_tried_again(RecordingProblem problem)
    {
        var readers = new RecordingReaders([new Fake(() => throw new RecordingException(problem, "first")), new Fake(() => Decoded)]);
        Should.Throw<RecordingException>(() => readers.Read(new byte[1], Minute)).Problem.ShouldBe(problem);
    }

    [Fact]
    public void The_message_is_that_of_the_last_reader()
    {
        var readers = new RecordingReaders([Unreadable("First."), Unreadable("Second.")]);
        Should.Throw<RecordingException>(() => readers.Read(new byte[1], Minute)).Message.ShouldBe("Second.");
    }

    [Fact]
    public void Readers_that_are_not_installed_are_skipped_and_named()
    {
        var readers = new RecordingReaders([Unreadable("First."), new Absent("ffmpeg is not installed.")]);
        readers.Missing.ShouldBe(["ffmpeg is not installed."]);
        Should.Throw<RecordingException>(() => readers.Read(new byte[1], Minute)).Message.ShouldBe("First. ffmpeg is not installed.");
        readers = new RecordingReaders([new Absent("A is not installed."), new Fake(() => Decoded)]);
        readers.Read(new byte[1], Minute).ShouldBeSameAs(Decoded);
    }

    [Fact]
    public void Without_any_reader_the_missing_ones_are_named()
    {
        var readers = new RecordingReaders([new Absent("A is not installed."), new Absent("B is not installed.")]);
        Should.Throw<RecordingException>(() => readers.Read(new byte[1], Minute))
            .Message.ShouldBe("Nothing here reads sound files. A is not installed. B is not installed.");
    }

    [Fact]
    public void Libsndfile_is_tried_first_and_ffmpeg_last() =>
        RecordingReaders.Create().Readers.Select(reader => reader.GetType())
            .ShouldBe([typeof(SoundFileReader), typeof(NAudioReader), typeof(FfmpegReader)]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_folder_is_made_if_needed_and_what_is_in_it_stays(bool exists)
    {
        var folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        string[] before = exists ? [Path.Combine(folder, "photographs")] : [];
        foreach (var other in before) Directory.CreateDirectory(other);
        try
        {
            var readers = RecordingReaders.Create(folder);
            Directory.Exists(folder).ShouldBe(exists);
            Tone.Check(readers.Read(MadeByFfmpeg.Tone("m4a"), Minute), 0.02);
            Directory.GetFileSystemEntries(folder).ShouldBe(before);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_wave_file_needs_neither_libsndfile_nor_ffmpeg()
    {
        var readers = new RecordingReaders([new Absent("A is not installed."), new NAudioReader(), new Absent("B is not installed.")]);
        readers.Read(WaveBytes.Pcm16(8000, 1, 16384, -16384), Minute).Samples.ShouldBe([0.5f, -0.5f]);
    }

    private static Fake Unreadable(string message) => new(() => throw new RecordingException(RecordingProblem.Unreadable, message));

    private sealed class Fake(Func<Recording> read) : IRecordingReader
    {
        public Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default) => read();
    }

    private sealed class Absent(string missing) : IOptionalReader
    {
        public string? Missing => missing;

        public Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("called");
    }
}
