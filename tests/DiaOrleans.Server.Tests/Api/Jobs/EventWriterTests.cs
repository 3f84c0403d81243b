using System.IO.Pipelines;
using System.Text;
using DiaOrleans.Server.Api.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace DiaOrleans.Server.Tests.Api.Jobs;

public sealed class EventWriterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Pipe _connection = new(new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500));
    private readonly EventWriter _events;

    public EventWriterTests()
    {
        var context = new DefaultHttpContext();
        context.Response.Body = _connection.Writer.AsStream();
        _events = new EventWriter(context.Response, _time);
    }

    [Fact]
    public async Task A_client_that_does_not_read_for_a_minute_ends_its_events()
    {
        await _events.Write(new string('x', 900), CancellationToken.None);
        var waiting = _events.Write(new string('y', 900), CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(59));
        waiting.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<TimeoutException>(waiting);
    }

    [Fact]
    public async Task A_client_that_reads_slowly_gets_all()
    {
        var seen = new StringBuilder();
        for (var i = 0; i < 5; i++)
        {
            var writing = _events.Write(new string((char)('a' + i), 1000), CancellationToken.None);
            _time.Advance(TimeSpan.FromSeconds(50));
            var read = await _connection.Reader.ReadAsync();
            seen.Append(Encoding.ASCII.GetString(read.Buffer));
            _connection.Reader.AdvanceTo(read.Buffer.End);
            await writing.WaitAsync(TimeSpan.FromSeconds(20));
        }

        seen.ToString().ShouldBe(string.Concat(Enumerable.Range(0, 5).Select(i => new string((char)('a' + i), 1000))));
    }

    [Fact]
    public async Task A_server_that_stops_is_no_timeout()
    {
        using var stop = new CancellationTokenSource();
        var writing = _events.Write(new string('x', 2000), stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(writing);
    }
}
