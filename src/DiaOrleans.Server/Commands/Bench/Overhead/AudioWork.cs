using System.Diagnostics;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Memory;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>The work behind the engine, called directly: joining, resampling and the format, in the blocks of the engine.</summary>
internal sealed class AudioWork
{
    private readonly float[][] _blocks;
    private readonly int _rate;

    /// <param name="events">Of a call.</param>
    /// <param name="rate">Hz of its samples.</param>
    public AudioWork(IEnumerable<EngineEvent> events, int rate)
    {
        _blocks = [.. events.OfType<EngineEvent.SamplesMade>().Select(made => made.Samples)];
        _rate = rate;
    }

    /// <summary>Does the work once; returns its time and its CPU.</summary>
    public (TimeSpan Time, TimeSpan Cpu) Measure(OverheadWay way)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        var rate = AudioFormat.Wav.RateFor(null);
        using (var output = new OutputChain(_rate, 1, AudioFormat.Wav, rate, way == OverheadWay.Stream, keep: false))
        {
            output.Begin(last: true, TimeSpan.Zero);
            foreach (var block in _blocks) AudioPieces.GiveBackAll(output.Write(block));
            output.End(TimeSpan.Zero);
            AudioPieces.GiveBackAll(output.Finish());
        }

        return (clock.Elapsed, Environment.CpuUsage.TotalTime - cpu);
    }
}
