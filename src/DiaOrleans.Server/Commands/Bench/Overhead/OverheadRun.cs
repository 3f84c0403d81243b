using System.Runtime;
using DiaOrleans.Server.Commands.Bench.Load;

namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>
/// Measures what HTTP, grains and storage add, with a server in this process and its client in another. The ways take turns, so that all
/// see the same machine.
/// </summary>
/// <param name="client">The client.</param>
/// <param name="engine">The server's engine.</param>
/// <param name="writes">Reads how often state was stored so far.</param>
/// <param name="plan">What is measured.</param>
internal sealed class OverheadRun(OverheadClientProcess client, MeasuredEngine engine, Func<long> writes, OverheadPlan plan)
{
    private const int WarmUpsWithEngine = 3;
    private const int MaxWarmUps = 800;
    private const int WarmUpsTogether = 25;
    private const int MethodsOfSettledCode = 5;
    private const int SettledTogether = 3;
    private const double BytesOfKb = 1000;

    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<OverheadWay, WaySamples> _samples =
        plan.Ways.Append(OverheadWay.None).ToDictionary(way => way, _ => new WaySamples());
    private int _seed;

    /// <summary>Measures each way.</summary>
    /// <param name="progress">Is told that one more request has ended.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<OverheadOfWay>> Run(Action progress, CancellationToken cancellation)
    {
        for (var i = 0; i < Math.Min(plan.Requests, WarmUpsWithEngine); i++)
        {
            foreach (var way in plan.Ways) await client.Make(way, _seed++, cancellation);
        }

        var events = await engine.ReadEvents(cancellation);
        var audio = new AudioWork(events, engine.Model.SampleRate);
        engine.Recording = events;
        await WarmUp(Math.Min(MaxWarmUps, plan.Requests * 4), audio, cancellation);
        for (var i = 0; i < plan.Requests; i++) await Turn(way => Measure(way, audio, progress, cancellation));
        engine.Recording = null;
        for (var i = 0; i < plan.WithEngine; i++) await Turn(way => MeasureWithEngine(way, progress, cancellation));
        return [.. plan.Ways.Select(Report)];
    }

    private async Task Turn(Func<OverheadWay, Task> work)
    {
        foreach (var way in _samples.Keys) await work(way);
    }

    /// <summary>
    /// What runs often is compiled again in the background, with optimisations, during some hundreds of requests, and with pauses.
    /// </summary>
    private async Task WarmUp(int most, AudioWork audio, CancellationToken cancellation)
    {
        var settled = 0;
        for (var turn = 0; turn < most && settled < SettledTogether; turn += WarmUpsTogether)
        {
            var compiled = JitInfo.GetCompiledMethodCount();
            for (var i = 0; i < Math.Min(most, WarmUpsTogether); i++) await Turn(way => Warm(way, audio, cancellation));
            settled = JitInfo.GetCompiledMethodCount() - compiled < MethodsOfSettledCode ? settled + 1 : 0;
        }
    }

    private async Task Warm(OverheadWay way, AudioWork audio, CancellationToken cancellation)
    {
        await client.Make(way, _seed++, cancellation);
        audio.Measure(way);
    }

    private async Task Measure(OverheadWay way, AudioWork audio, Action progress, CancellationToken cancellation)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var written = writes();
        var elapsed = await client.Make(way, _seed++, cancellation);
        // What is left after the answer is a part of the request.
        await Task.Delay(Settling, cancellation);
        var used = Environment.CpuUsage.TotalTime - cpu;
        var samples = _samples[way];
        samples.Allocated += GC.GetTotalAllocatedBytes() - allocated;
        samples.Writes += writes() - written;
        var work = way == OverheadWay.None ? default : audio.Measure(way);
        samples.Elapsed.Add(elapsed.TotalMilliseconds);
        samples.Cpu.Add((used - work.Cpu).TotalMilliseconds);
        samples.Audio.Add(work.Time.TotalMilliseconds);
        samples.AudioCpu.Add(work.Cpu.TotalMilliseconds);
        if (way != OverheadWay.None) progress();
    }

    private async Task MeasureWithEngine(OverheadWay way, Action progress, CancellationToken cancellation)
    {
        if (way == OverheadWay.None) return;
        var elapsed = await client.Make(way, _seed++, cancellation);
        _samples[way].WithEngine.Add((elapsed - await engine.ReadTime()).TotalMilliseconds);
        progress();
    }

    private OverheadOfWay Report(OverheadWay way)
    {
        var samples = _samples[way];
        var none = _samples[OverheadWay.None];
        var audio = Percentiles.Of(samples.Audio)!.P50;
        return new OverheadOfWay(
            way.ToString().ToLowerInvariant(),
            plan.Requests,
            Percentiles.Of(samples.Elapsed.Select(ms => ms - audio))!,
            samples.Cpu.Average() - none.Cpu.Average(),
            audio,
            samples.AudioCpu.Average(),
            samples.Writes / (double)plan.Requests,
            samples.Allocated / BytesOfKb / plan.Requests,
            Percentiles.Of(samples.WithEngine));
    }

    private sealed class WaySamples
    {
        public List<double> Elapsed { get; } = [];

        public List<double> Cpu { get; } = [];

        public List<double> Audio { get; } = [];

        public List<double> AudioCpu { get; } = [];

        public List<double> WithEngine { get; } = [];

        public long Writes { get; set; }

        public long Allocated { get; set; }
    }
}
