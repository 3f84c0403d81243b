using System.Data.Common;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Settings;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.ClusterRecord;

/// <summary>
/// Joins this silo to the record of its cluster before it becomes a member, and applies each change of the record within seconds.
/// </summary>
internal sealed partial class RecordFollower(
    RecordRow row,
    OptionsSet options,
    CurrentValue<RenderingOptions> rendering,
    CurrentValue<ScriptOptions> scripts,
    CurrentValue<PromptOptions> prompts,
    CurrentValue<WorkerPoolOptions> pools,
    TimeProvider time,
    ILogger<RecordFollower> logger) : BackgroundService
{
    /// <summary>How often the record is read.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private RecordValues? _applied;
    private bool _isFailing;

    /// <summary>Writes the record if there is none, else compares it with the settings of this silo.</summary>
    /// <exception cref="SettingsException">A setting of this silo has another value than in the cluster.</exception>
    public async Task Join()
    {
        var own = RecordValues.Of(options);
        var record = await row.Change(stored => stored ?? own);
        if (record.FindConflict(own) is { } conflict) throw new SettingsException(conflict);
        Apply(record);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await Read();
    }

    private async Task Read()
    {
        try
        {
            if (await row.Read() is { } record && record != _applied)
            {
                Log.Changed(logger, string.Join(", ", RecordValues.Settings.Select(one => $"{one.Name} {record.Show(one.Name)}")));
                Apply(record);
            }

            _isFailing = false;
        }
        catch (Exception e) when (e is SettingsException or DbException || StorageRetry.IsTransient(e))
        {
            if (!_isFailing) Log.NotRead(logger, e);
            _isFailing = true;
        }
    }

    private void Apply(RecordValues record)
    {
        rendering.Replace(record.Create<RenderingOptions>());
        scripts.Replace(record.Create<ScriptOptions>());
        prompts.Replace(record.Create<PromptOptions>());
        pools.Replace(record.Create<WorkerPoolOptions>());
        _applied = record;
    }

    private static partial class Log
    {
        [LoggerMessage(721, LogLevel.Information, "The settings of the cluster were changed: {Values}.")]
        public static partial void Changed(ILogger logger, string values);

        [LoggerMessage(722, LogLevel.Warning, "The settings of the cluster cannot be read; those of before stay in use until they can.")]
        public static partial void NotRead(ILogger logger, Exception cause);
    }
}
