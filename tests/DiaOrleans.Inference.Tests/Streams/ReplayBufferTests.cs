using DiaOrleans.Inference.Streams;

namespace DiaOrleans.Inference.Tests.Streams;

public sealed class ReplayBufferTests
{
    private readonly ReplayBuffer<int> _buffer = new();

    [Fact]
    public async Task Read_while_items_come_gives_each_reader_all_from_its_position_on()
    {
        await using var early = _buffer.Read(0, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        var next = early.MoveNextAsync();
        next.IsCompleted.ShouldBeFalse();
        _buffer.TryAppend(1).ShouldBeTrue();
        (await next).ShouldBeTrue();
        early.Current.ShouldBe(1);
        next = early.MoveNextAsync();
        next.IsCompleted.ShouldBeFalse();
        _buffer.TryAppend(2).ShouldBeTrue();
        (await next).ShouldBeTrue();
        _buffer.TryAppend(3, last: true).ShouldBeTrue();
        (await early.MoveNextAsync()).ShouldBeTrue();
        (await early.MoveNextAsync()).ShouldBeFalse();
        foreach (var from in (int[])[0, 1, 3, 9]) (await Items(from)).ShouldBe(Enumerable.Range(1, 3).Skip(from));
    }

    [Fact]
    public async Task TryAppend_after_the_end_is_refused()
    {
        _buffer.TryAppend(1);
        _buffer.TryEnd().ShouldBeTrue();
        _buffer.TryEnd(new InvalidOperationException()).ShouldBeFalse();
        _buffer.TryAppend(2).ShouldBeFalse();
        (await Items(0)).ShouldBe([1]);
    }

    [Fact]
    public async Task TryEnd_with_a_failure_throws_it_behind_the_last_item()
    {
        _buffer.TryAppend(1);
        _buffer.TryEnd(new InvalidDataException("broken"));
        var read = new List<int>();
        await Should.ThrowAsync<InvalidDataException>(async () =>
        {
            await foreach (var item in _buffer.Read(0, CancellationToken.None)) read.Add(item);
        });
        read.ShouldBe([1]);
    }

    [Fact]
    public async Task Read_from_many_threads_misses_nothing()
    {
        var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(() => Items(0))).ToArray();
        for (var i = 0; i < 2000; i++) _buffer.TryAppend(i);
        _buffer.TryEnd();
        foreach (var items in await Task.WhenAll(readers)) items.ShouldBe(Enumerable.Range(0, 2000));
    }

    private async Task<List<int>> Items(long from) => await _buffer.Read(from, TestContext.Current.CancellationToken).ToListAsync();
}
