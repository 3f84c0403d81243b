using System.Collections.Concurrent;
using System.Diagnostics;

namespace DiaOrleans.Server.Commands.Bench.Load;

/// <summary>Puts a load on a server and measures it.</summary>
/// <param name="http">Client without a time limit.</param>
/// <param name="plan">The load.</param>
/// <param name="progress">Is told the share of the time that has passed, 0 to 1.</param>
internal sealed class LoadRun(HttpClient http, LoadPlan plan, IProgress<double> progress)
{
    private readonly LoadClient _client = new(http, plan);
    private readonly ConcurrentBag<RequestSample> _samples = [];
    private int _number;

    /// <summary>Creates the voice and makes one request, so that the model is loaded. Returns that request.</summary>
    public async Task<RequestSample> WarmUp(CancellationToken cancellation)
    {
        if (plan.Voice == new LoadPlan { Server = plan.Server }.Voice) await _client.CreateVoice(cancellation);
        return await _client.Measure(-1, cancellation);
    }

    /// <summary>Runs the load.</summary>
    /// <param name="clients">Clients that are always busy; without effect if the plan has a rate.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<LoadResult> Run(int clients, CancellationToken cancellation)
    {
        _samples.Clear();
        using var meter = ServerMeter.TryStart(plan.Server);
        var clock = Stopwatch.StartNew();
        if (plan.Rate is { } rate) await Arrive(rate, clock, cancellation);
        else await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => KeepBusy(clock, cancellation)));
        var seconds = clock.Elapsed.TotalSeconds;
        return LoadResult.Create(plan, plan.Rate is null ? clients : null, seconds, [.. _samples], meter?.Stop());
    }

    private async Task KeepBusy(Stopwatch clock, CancellationToken cancellation)
    {
        while (clock.Elapsed < plan.Duration) await MakeOne(clock, cancellation);
    }

    /// <summary>Arrivals that do not wait for each other have exponential times between them.</summary>
    private async Task Arrive(double rate, Stopwatch clock, CancellationToken cancellation)
    {
        var random = new Random(plan.Seed);
        var running = new List<Task>();
        for (var next = TimeSpan.Zero; next < plan.Duration; next += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / rate))
        {
            if (next - clock.Elapsed is { Ticks: > 0 } wait) await Task.Delay(wait, cancellation);
            running.Add(MakeOne(clock, cancellation));
        }

        await Task.WhenAll(running);
    }

    private async Task MakeOne(Stopwatch clock, CancellationToken cancellation)
    {
        _samples.Add(await _client.Measure(Interlocked.Increment(ref _number), cancellation));
        progress.Report(Math.Min(1, clock.Elapsed / plan.Duration));
    }
}
