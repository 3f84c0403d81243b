using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Waiting;

public sealed class StorageRetryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();

    [Fact]
    public void Pauses_grow_from_one_second_to_thirty_and_begin_anew_after_a_success()
    {
        var backoff = new Backoff();
        Enumerable.Range(0, 7).Select(_ => backoff.Next().TotalSeconds).ShouldBe([1, 2, 4, 8, 16, 30, 30]);
        backoff.Reset();
        backoff.InTrouble.ShouldBeFalse();
        backoff.Next().TotalSeconds.ShouldBe(1);
    }

    [Fact]
    public async Task A_write_that_fails_for_hours_succeeds_in_the_end_and_is_logged_twice()
    {
        var tries = 0;
        var end = _time.GetUtcNow() + TimeSpan.FromHours(3);
        var writing = Writes.Until("It", () => ++tries > 0 && _time.GetUtcNow() >= end ? Task.FromResult(7) : throw new IOException("full"), default);
        while (!writing.IsCompleted)
        {
            _time.Advance(Backoff.Longest);
            await Task.Yield();
        }

        (await writing).ShouldBe(7);
        tries.ShouldBeInRange(10, 365);
        _lines.Levels.ShouldBe([LogLevel.Warning, LogLevel.Information]);
    }

    [Fact]
    public async Task Other_faults_are_thrown_and_a_stop_ends_the_tries()
    {
        await Should.ThrowAsync<InvalidOperationException>(Writes.Until("It", () => throw new InvalidOperationException(), default));
        using var stop = new CancellationTokenSource();
        var writing = Writes.Until("It", () => throw new UnauthorizedAccessException(), stop.Token);
        writing.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(writing);
    }

    private StorageRetry Writes => new(Guid.NewGuid(), _time, _lines);

    private sealed class Lines : ILogger
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Levels.Add(logLevel);
    }
}
