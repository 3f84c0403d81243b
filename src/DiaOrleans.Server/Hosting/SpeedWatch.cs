using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using DiaOrleans.Server.Models.Speed;

namespace DiaOrleans.Server.Hosting;

/// <summary>
/// Says what speed to expect of a model: the one that was measured before, or one that is measured in the background after the load, while
/// the engine has nothing to do.
/// </summary>
internal sealed partial class SpeedWatch(
    SpeedRecords records,
    EngineOptions options,
    TimeProvider time,
    IHostApplicationLifetime life,
    ILogger<SpeedWatch> logger)
{
    private const int Attempts = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    /// <summary>Names of precisions that compute faster than another one on the same device.</summary>
    public static IReadOnlyList<string> FasterPrecisions(SpeedKey key)
    {
        string[] slowestFirst = ["fp32", "int8", "int4"];
        if (key.Device != Device.Cpu.Name) return [];
        var from = Array.IndexOf(slowestFirst, key.Precision);
        return [.. Precision.OfCpu.Select(p => p.Name).Where(name => Array.IndexOf(slowestFirst, name) > from)];
    }

    /// <summary>Logs the speed of a model if it was measured before.</summary>
    public void Announce(ModelOptions model)
    {
        if (records.Find(SpeedKey.Create(model)) is { } speed) Tell(speed);
    }

    /// <summary>Measures an engine in the background, unless its speed is known or the settings forbid it.</summary>
    public void Watch(ISpeechEngine engine, ModelOptions model)
    {
        var key = SpeedKey.Create(model);
        if (options.MeasureSpeed && records.Find(key) is null) _ = Task.Run(() => Measure(engine, key));
    }

    private async Task Measure(ISpeechEngine engine, SpeedKey key)
    {
        try
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                await Task.Delay(Pause, time, life.ApplicationStopping);
                if (await new SpeedProbe(time).Measure(engine, life.ApplicationStopping) is not { } factor) continue;
                var speed = new MeasuredSpeed(key, factor, time.GetUtcNow());
                Tell(speed);
                records.Keep(speed);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (Exception e)
        {
            Log.NotMeasured(logger, e);
        }
    }

    private void Tell(MeasuredSpeed speed)
    {
        if (speed.IsRealTime) Log.Speed(logger, speed.Describe());
        else Log.TooSlow(logger, speed.Describe(), speed.Advise(FasterPrecisions(speed.Key)));
    }

    private static partial class Log
    {
        [LoggerMessage(711, LogLevel.Information, "Expected speed: {Speed}.")]
        public static partial void Speed(ILogger logger, string speed);

        [LoggerMessage(712, LogLevel.Warning, "Real time is out of reach: {Speed}. {Advice}")]
        public static partial void TooSlow(ILogger logger, string speed, string advice);

        [LoggerMessage(713, LogLevel.Warning, "The speed of the model could not be measured, or not kept.")]
        public static partial void NotMeasured(ILogger logger, Exception cause);
    }
}
