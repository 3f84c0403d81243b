using System.Runtime.InteropServices;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.TemporaryFiles;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Speech;

public sealed class AudioBufferTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"dia-unread-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Read_BehindTheLastByte_WaitsForMore()
    {
        var (buffer, _) = Open();
        await buffer.Append(Bytes(0, 100));
        await using var reading = Read(buffer);
        (await Next(reading)).ShouldBe(Bytes(0, 100));
        var next = Next(reading);
        next.IsCompleted.ShouldBeFalse();
        await buffer.Append(Bytes(100, 50));
        (await next).ShouldBe(Bytes(100, 50));
        next = Next(reading);
        buffer.End();
        (await next).ShouldBeNull();
    }

    [Fact]
    public async Task Read_WhatIsInMemory_IsNotCopiedAndHeldUntilTheReaderComesBack()
    {
        var (buffer, unread) = Open();
        byte[][] chunks = [Bytes(0, 100), Bytes(100, 50)];
        foreach (var chunk in chunks) await buffer.Append(chunk);
        buffer.End();
        await using var reading = Read(buffer);
        foreach (var (chunk, held) in chunks.Zip([150, 50]))
        {
            (await reading.MoveNextAsync()).ShouldBeTrue();
            MemoryMarshal.TryGetArray(reading.Current, out var array).ShouldBeTrue();
            array.Array.ShouldBeSameAs(chunk);
            unread.Held.ShouldBe(held);
        }

        (await reading.MoveNextAsync()).ShouldBeFalse();
        unread.Held.ShouldBe(0);
    }

    [Fact]
    public async Task Read_SmallChunksInAFile_AreReadTogether()
    {
        var (buffer, _) = Open(megabytes: 0);
        for (var i = 0; i < 100; i++) await buffer.Append(Bytes(i * 1000, 1000));
        buffer.End();
        await using var reading = Read(buffer);
        (await Next(reading)).ShouldBe(Bytes(0, 65_000));
        (await Next(reading)).ShouldBe(Bytes(65_000, 35_000));
        (await Next(reading)).ShouldBeNull();
    }

    [Fact]
    public async Task Read_Stopped_IsCancelled()
    {
        var (buffer, _) = Open();
        using var stop = new CancellationTokenSource();
        await using var reading = buffer.Read(stop.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = Next(reading);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(next);
    }

    [Fact]
    public async Task Read_AfterAFailure_GivesWhatWasMadeAndThenThrows()
    {
        var (buffer, _) = Open();
        await buffer.Append(Bytes(0, 100));
        buffer.End(new InvalidOperationException("It failed."));
        await buffer.Append(Bytes(100, 50));
        await using var reading = Read(buffer);
        (await Next(reading)).ShouldBe(Bytes(0, 100));
        (await Should.ThrowAsync<InvalidOperationException>(() => Next(reading))).Message.ShouldBe("It failed.");
    }

    [Fact]
    public async Task Drop_WhileAChunkIsOut_ReturnsItsMemoryOnce()
    {
        var (buffer, unread) = Open();
        for (var i = 0; i < 2; i++) await buffer.Append(Bytes(i * 100, 100));
        await using var reading = Read(buffer);
        (await Next(reading)).ShouldBe(Bytes(0, 100));
        await buffer.Drop();
        unread.Held.ShouldBe(0);
        await Should.ThrowAsync<InvalidOperationException>(() => Next(reading));
        await buffer.Drop();
        unread.Held.ShouldBe(0);
    }

    [Fact]
    public async Task Append_MoreThanMemoryMayHold_GoesToAFileAndIsReadBack()
    {
        var (buffer, unread) = Open(megabytes: 1);
        for (var i = 0; i < 30; i++) await buffer.Append(Bytes(i * 100_000, 100_000));
        buffer.End();
        unread.Held.ShouldBe(1_000_000);
        new FileInfo(Directory.GetFiles(_folder).ShouldHaveSingleItem()).Length.ShouldBe(2_000_000);
        (await ReadAll(buffer)).AsSpan().SequenceEqual(Bytes(0, 3_000_000)).ShouldBeTrue();
        await buffer.Drop();
        unread.Held.ShouldBe(0);
        Directory.GetFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_TwoBuffers_ShareTheMemory()
    {
        var (one, unread) = Open(megabytes: 1);
        var two = new AudioBuffer(unread);
        await one.Append(Bytes(0, 1_000_000));
        await two.Append(Bytes(0, 100_000));
        Directory.GetFiles(_folder).Length.ShouldBe(1);
        await using var reading = Read(one);
        (await Next(reading))!.Length.ShouldBe(1_000_000);
        var next = Next(reading);
        unread.Held.ShouldBe(0);
        await two.Append(Bytes(100_000, 100_000));
        unread.Held.ShouldBe(100_000);
        two.End();
        (await ReadAll(two)).AsSpan().SequenceEqual(Bytes(0, 200_000)).ShouldBeTrue();
        await one.Drop();
        await Should.ThrowAsync<InvalidOperationException>(next);
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
        var second = new AudioBuffer(unread);
        await first.Append(Bytes(0, 600_000));
        var full = await Should.ThrowAsync<TemporaryFileException>(async () => await second.Append(Bytes(0, 600_000)));
        full.NoSpace.ShouldBe(
            "Not enough disk space: audio that clients have not read yet has reached its limit of 1 MB (MaxUnreadFilesMegabytes)");
        await second.Append(Bytes(0, 400_000));
        await first.Drop();
        await first.Append(Bytes(0, 600_000));
        await second.Append(Bytes(400_000, 600_000));
        second.End();
        (await ReadAll(second)).AsSpan().SequenceEqual(Bytes(0, 1_000_000)).ShouldBeTrue();
        await second.Drop();
        await new AudioBuffer(unread).Append(Bytes(0, 1 << 20));
    }

    /// <summary>Whatever the chunks and the memory: what is read is what was written, and nothing stays behind.</summary>
    [Property(MaxTest = 50)]
    public Property Read_AnyChunks_GivesTheBytesInOrder() => Prop.ForAll(
        Gen.Choose(1, 70_000).ListOf().ToArbitrary(),
        Gen.Choose(0, 1).ToArbitrary(),
        (chunks, megabytes) => Check([.. chunks], megabytes).GetAwaiter().GetResult());

    private async Task Check(int[] chunks, int megabytes)
    {
        var (buffer, unread) = Open(megabytes);
        var reading = Task.Run(() => ReadAll(buffer));
        var written = 0;
        foreach (var count in chunks)
        {
            await buffer.Append(Bytes(written, count));
            written += count;
        }

        buffer.End();
        (await reading.WaitAsync(TimeSpan.FromSeconds(20))).AsSpan().SequenceEqual(Bytes(0, written)).ShouldBeTrue();
        unread.Held.ShouldBe(0);
        await buffer.Drop();
        unread.Held.ShouldBe(0);
    }

    private static async Task<byte[]> ReadAll(AudioBuffer buffer)
    {
        var all = new MemoryStream();
        await foreach (var chunk in buffer.Read(CancellationToken.None)) all.Write(chunk.Span);
        return all.ToArray();
    }

    private static IAsyncEnumerator<ReadOnlyMemory<byte>> Read(AudioBuffer buffer) =>
        buffer.Read(CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);

    /// <summary>The next chunk; null at the end.</summary>
    private static async Task<byte[]?> Next(IAsyncEnumerator<ReadOnlyMemory<byte>> reading) =>
        await reading.MoveNextAsync() ? reading.Current.ToArray() : null;

    private static byte[] Bytes(int from, int count) => [.. Enumerable.Range(from, count).Select(i => (byte)(i * 7 + i / 251))];

    private (AudioBuffer Buffer, UnreadAudio Unread) Open(int megabytes = 256, int fileMegabytes = 256)
    {
        var options = new SpeechOptions { UnreadAudioMegabytes = megabytes, MaxUnreadFilesMegabytes = fileMegabytes };
        var unread = new UnreadAudio(options, _folder);
        return (new AudioBuffer(unread), unread);
    }
}
