using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.TemporaryFiles;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Speech;

public sealed class AudioBufferTests : IDisposable
{
    private const int Most = 1 << 20;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"dia-unread-{Guid.NewGuid():N}");
    private readonly FakeTimeProvider _time = new();

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Read_BehindTheLastByte_WaitsForMore()
    {
        var (buffer, _) = Open();
        await buffer.Append(Bytes(0, 100));
        (await buffer.Read(0, Most)).ShouldSatisfyAllConditions(a => a.Bytes.ShouldBe(Bytes(0, 100)), a => a.IsLast.ShouldBeFalse());
        var next = buffer.Read(100, Most);
        next.IsCompleted.ShouldBeFalse();
        await buffer.Append(Bytes(100, 50));
        (await next).Bytes.ShouldBe(Bytes(100, 50));
    }

    [Fact]
    public async Task Read_NothingForTwentySeconds_Empty()
    {
        var (buffer, _) = Open();
        var read = buffer.Read(0, Most);
        _time.Advance(TimeSpan.FromSeconds(19));
        read.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        (await read).ShouldSatisfyAllConditions(a => a.Bytes.ShouldBeEmpty(), a => a.IsLast.ShouldBeFalse());
    }

    [Fact]
    public async Task Read_TheSamePositionAgain_GivesTheSame()
    {
        var (buffer, _) = Open();
        await buffer.Append(Bytes(0, 100));
        buffer.End();
        for (var i = 0; i < 2; i++) (await buffer.Read(40, Most)).Bytes.ShouldBe(Bytes(40, 60));
        (await buffer.Read(100, Most)).ShouldSatisfyAllConditions(a => a.Bytes.ShouldBeEmpty(), a => a.IsLast.ShouldBeTrue());
        await Should.ThrowAsync<InvalidOperationException>(() => buffer.Read(40, Most));
    }

    [Fact]
    public async Task Read_AfterAFailure_GivesWhatWasMadeAndThenThrows()
    {
        var (buffer, _) = Open();
        await buffer.Append(Bytes(0, 100));
        buffer.End(new InvalidOperationException("It failed."));
        await buffer.Append(Bytes(100, 50));
        (await buffer.Read(0, Most)).ShouldSatisfyAllConditions(a => a.Bytes.ShouldBe(Bytes(0, 100)), a => a.IsLast.ShouldBeFalse());
        (await Should.ThrowAsync<InvalidOperationException>(() => buffer.Read(100, Most))).Message.ShouldBe("It failed.");
    }

    [Fact]
    public async Task Append_MoreThanMemoryMayHold_GoesToAFileAndIsReadBack()
    {
        var (buffer, unread) = Open(megabytes: 1);
        for (var i = 0; i < 30; i++) await buffer.Append(Bytes(i * 100_000, 100_000));
        buffer.End();
        unread.Held.ShouldBe(1_000_000);
        new FileInfo(Directory.GetFiles(_folder).ShouldHaveSingleItem()).Length.ShouldBe(2_000_000);
        (await ReadAll(buffer, 256_000)).AsSpan().SequenceEqual(Bytes(0, 3_000_000)).ShouldBeTrue();
        await buffer.Drop();
        unread.Held.ShouldBe(0);
        Directory.GetFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_TwoBuffers_ShareTheMemory()
    {
        var (one, unread) = Open(megabytes: 1);
        var two = new AudioBuffer(unread, _time);
        await one.Append(Bytes(0, 1_000_000));
        await two.Append(Bytes(0, 100_000));
        Directory.GetFiles(_folder).Length.ShouldBe(1);
        (await one.Read(0, Most)).Bytes.Length.ShouldBe(1_000_000);
        var read = one.Read(1_000_000, Most);
        unread.Held.ShouldBe(0);
        await two.Append(Bytes(100_000, 100_000));
        unread.Held.ShouldBe(100_000);
        two.End();
        (await ReadAll(two, Most)).AsSpan().SequenceEqual(Bytes(0, 200_000)).ShouldBeTrue();
        await one.Drop();
        await Should.ThrowAsync<InvalidOperationException>(() => read);
        await two.Drop();
        unread.Held.ShouldBe(0);
    }

    [Fact]
    public async Task Append_AfterDrop_KeepsNothing()
    {
        var (buffer, unread) = Open(megabytes: 0);
        await buffer.Drop();
        await buffer.Append(Bytes(0, 100));
        buffer.Bytes.ShouldBe(0);
        unread.Held.ShouldBe(0);
        Directory.Exists(_folder).ShouldBeFalse();
    }

    [Fact]
    public async Task Append_BeyondTheLimitOfAllFiles_FailsUntilOtherAudioIsDropped()
    {
        var (first, unread) = Open(megabytes: 0, fileMegabytes: 1);
        var second = new AudioBuffer(unread, _time);
        await first.Append(Bytes(0, 600_000));
        var full = await Should.ThrowAsync<TemporaryFileException>(async () => await second.Append(Bytes(0, 600_000)));
        full.NoSpace.ShouldBe(
            "Not enough disk space: audio that clients have not read yet has reached its limit of 1 MB (MaxUnreadFilesMegabytes)");
        await second.Append(Bytes(0, 400_000));
        await first.Drop();
        await first.Append(Bytes(0, 600_000));
        await second.Append(Bytes(400_000, 600_000));
        second.End();
        (await ReadAll(second, Most)).AsSpan().SequenceEqual(Bytes(0, 1_000_000)).ShouldBeTrue();
        await second.Drop();
        await new AudioBuffer(unread, _time).Append(Bytes(0, 1 << 20));
    }

    /// <summary>Whatever the chunks, the reads and the memory: what is read is what was written, and nothing stays behind.</summary>
    [Property(MaxTest = 50)]
    public Property Read_AnyChunksAndReads_GivesTheBytesInOrder() => Prop.ForAll(
        Gen.Choose(1, 70_000).ListOf().ToArbitrary(),
        Gen.Choose(1, 100_000).ToArbitrary(),
        Gen.Choose(0, 1).ToArbitrary(),
        (chunks, maxBytes, megabytes) => Check([.. chunks], maxBytes, megabytes).GetAwaiter().GetResult());

    private async Task Check(int[] chunks, int maxBytes, int megabytes)
    {
        var (buffer, unread) = Open(megabytes);
        var reading = Task.Run(() => ReadAll(buffer, maxBytes));
        var written = 0;
        foreach (var count in chunks)
        {
            await buffer.Append(Bytes(written, count));
            written += count;
        }

        buffer.End();
        (await reading.WaitAsync(TimeSpan.FromSeconds(20))).AsSpan().SequenceEqual(Bytes(0, written)).ShouldBeTrue();
        await buffer.Drop();
        unread.Held.ShouldBe(0);
    }

    private static async Task<byte[]> ReadAll(AudioBuffer buffer, int maxBytes)
    {
        var all = new MemoryStream();
        while (true)
        {
            var audio = await buffer.Read(all.Length, maxBytes);
            audio.Bytes.Length.ShouldBeLessThanOrEqualTo(maxBytes);
            all.Write(audio.Bytes);
            if (audio.IsLast) return all.ToArray();
        }
    }

    private static byte[] Bytes(int from, int count) => [.. Enumerable.Range(from, count).Select(i => (byte)(i * 7 + i / 251))];

    private (AudioBuffer Buffer, UnreadAudio Unread) Open(int megabytes = 256, int fileMegabytes = 256)
    {
        var options = new SpeechOptions { UnreadAudioMegabytes = megabytes, MaxUnreadFilesMegabytes = fileMegabytes };
        var unread = new UnreadAudio(options, _folder);
        return (new AudioBuffer(unread, _time), unread);
    }
}
