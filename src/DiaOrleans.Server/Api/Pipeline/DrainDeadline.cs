using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Lifetime;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>
/// While the server stops, each answer ends its connection, so that the client's next request finds another server. Connections whose
/// answers are not read to their end when the drain's limit is over are ended: they would hold the server.
/// </summary>
internal sealed class DrainDeadline : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly EngineHostOptions _options;
    private readonly StopSignal _stop;
    private readonly TimeProvider _time;
    private readonly CancellationTokenRegistration _stopping;
    private ITimer? _timer;

    /// <param name="options">The drain's limit.</param>
    /// <param name="stop">Tells whether the server was told to stop.</param>
    /// <param name="life">Tells when the server begins to stop.</param>
    /// <param name="time">Clock of the limit.</param>
    public DrainDeadline(EngineHostOptions options, StopSignal stop, IHostApplicationLifetime life, TimeProvider time)
    {
        _options = options;
        _stop = stop;
        _time = time;
        _stopping = life.ApplicationStopping.Register(Begin);
    }

    /// <summary>Calls <paramref name="next"/>, and ends the connection if that takes longer than the drain.</summary>
    public async Task Watch(HttpContext context, RequestDelegate next)
    {
        if (_stop.IsReceived && HttpProtocol.IsHttp11(context.Request.Protocol)) context.Response.Headers.Connection = "close";
        await using var registration = _over.Token.UnsafeRegister(state => ((HttpContext)state!).Abort(), context);
        await next(context);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _timer?.Dispose();
        _over.Dispose();
    }

    private void Begin() => _timer = _time.CreateTimer(_ => _over.Cancel(), null, _options.DrainLimit, Timeout.InfiniteTimeSpan);
}
