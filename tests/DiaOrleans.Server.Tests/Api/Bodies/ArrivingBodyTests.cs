using System.IO.Pipelines;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Errors;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Server.Tests.Api.Bodies;

public sealed class ArrivingBodyTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Pipe _wire = new();
    private readonly byte[] _block = new byte[16];

    [Fact]
    public async Task ReadAsync_BodyThatTrickles_EndsAtItsLimitHoweverOftenAByteComes()
    {
        await using var body = new ArrivingBody(_wire.Reader.AsStream(), TimeSpan.FromSeconds(10), _time);
        _time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 9; i++)
        {
            await _wire.Writer.WriteAsync(new byte[1]);
            (await body.ReadAsync(_block)).ShouldBe(1);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var last = body.ReadAsync(_block).AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        (await Should.ThrowAsync<ApiProblem>(last)).Status.ShouldBe(408);
        (body.Received, body.IsStarted, body.Ended).ShouldBe((9, true, false));
    }

    [Fact]
    public async Task ReadAsync_WholeBody_Ended()
    {
        await using var body = new ArrivingBody(_wire.Reader.AsStream(), TimeSpan.FromSeconds(10), _time);
        body.IsStarted.ShouldBeFalse();
        await _wire.Writer.WriteAsync(new byte[3]);
        await _wire.Writer.CompleteAsync();
        (await body.ReadAsync(_block)).ShouldBe(3);
        body.Ended.ShouldBeFalse();
        (await body.ReadAsync(_block)).ShouldBe(0);
        body.Ended.ShouldBeTrue();
    }

    [Fact]
    public async Task ReadAsync_CallerStops_IsCancelled()
    {
        await using var body = new ArrivingBody(_wire.Reader.AsStream(), TimeSpan.FromSeconds(10), _time);
        using var stop = new CancellationTokenSource();
        var read = body.ReadAsync(_block, stop.Token).AsTask();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(read);
    }
}
