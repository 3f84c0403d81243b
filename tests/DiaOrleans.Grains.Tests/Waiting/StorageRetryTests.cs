using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Grains.Tests.Waiting;

public sealed class StorageRetryTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(24);

    private readonly FakeTimeProvider _time = new();
    private readonly RecordedLog _log = new();

    [Fact]
    public async Task A_write_is_repeated_after_1_2_4_8_16_30_and_30_seconds()
    {
        var time = new ElapsedTime();
        var attempts = 0;
        await new StorageRetry(Guid.NewGuid(), Limit, time, _log).Execute("It", Write, default);
        time.Delays.Select(delay => delay.TotalSeconds).ShouldBe([1, 2, 4, 8, 16, 30, 30]);

        Task<int> Write() => ++attempts < 8 ? throw new IOException("full") : Task.FromResult(0);
    }

    [Fact]
    public async Task A_write_that_fails_for_hours_succeeds_in_the_end_and_gives_two_log_lines()
    {
        var attempts = 0;
        var end = _time.GetUtcNow() + TimeSpan.FromHours(3);
        var writing = Writes.Execute("It", Write, default);
        while (!writing.IsCompleted)
        {
            _time.Advance(Backoff.Longest);
            await Task.Yield();
        }

        (await writing).ShouldBe(7);
        attempts.ShouldBeInRange(10, 365);
        _log.Lines.Select(line => line.Level).ShouldBe([LogLevel.Warning, LogLevel.Information]);

        Task<int> Write()
        {
            attempts++;
            return _time.GetUtcNow() >= end ? Task.FromResult(7) : throw new IOException("full");
        }
    }

    [Fact]
    public async Task A_write_that_fails_for_as_long_as_the_limit_gives_its_last_failure()
    {
        var writes = Writes;
        var start = _time.GetUtcNow();
        var writing = writes.Execute("It", () => throw new IOException("full"), default);
        while (!writing.IsCompleted)
        {
            (_time.GetUtcNow() - start).ShouldBeLessThan(Limit + Backoff.Longest);
            _time.Advance(Backoff.Longest);
            await Task.Yield();
        }

        (await Should.ThrowAsync<IOException>(writing)).Message.ShouldBe("full");
        writes.FailingFor.ShouldBeGreaterThanOrEqualTo(Limit);
    }

    [Fact]
    public async Task The_limit_begins_again_after_a_success()
    {
        var writes = Writes;
        var attempts = 0;
        var writing = writes.Execute("It", () => ++attempts == 1 ? throw new IOException("full") : Task.FromResult(0), default);
        writes.FailingFor.ShouldBe(TimeSpan.Zero);
        _time.Advance(Limit);
        await writing;
        writes.FailingFor.ShouldBe(TimeSpan.Zero);
        var second = writes.Execute("It", () => throw new IOException("full"), default);
        await Task.Yield();
        second.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_write_that_succeeds_gives_no_log_line()
    {
        (await Writes.Execute("It", () => Task.FromResult(7), default)).ShouldBe(7);
        _log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Other_faults_are_thrown_and_a_cancellation_ends_the_attempts()
    {
        await Should.ThrowAsync<InvalidOperationException>(Writes.Execute("It", () => throw new InvalidOperationException(), default));
        using var stop = new CancellationTokenSource();
        var writing = Writes.Execute("It", () => throw new UnauthorizedAccessException(), stop.Token);
        writing.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(writing);
    }

    private StorageRetry Writes => new(Guid.NewGuid(), Limit, _time, _log);

    /// <summary>Ends every delay at once and records its length.</summary>
    private sealed class ElapsedTime : TimeProvider
    {
        public List<TimeSpan> Delays { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Delays.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
