using System.Globalization;
using DiaOrleans.Server.Hosting;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.Tests;

/// <summary>
/// Settings of a server in a test, named as in the settings file; null leaves the default. They are read and validated as those of the
/// command line; environment variables have no effect.
/// </summary>
internal sealed record ServerOptions
{
    public string? Host { get; init; }

    public int? Port { get; init; }

    public string? Data { get; init; }

    public string? BlobFolder { get; init; }

    public string? Model { get; init; }

    public int? Slots { get; init; }

    /// <summary>Off, unlike in a server: a measurement would run beside what a test measures.</summary>
    public bool? MeasureSpeed { get; init; } = false;

    public double? MaxWaitingSeconds { get; init; }

    public int? MaxPendingJobs { get; init; }

    public int? MaxVoices { get; init; }

    public int? MinFreeMegabytes { get; init; }

    public int? MaxRecordingsMegabytes { get; init; }

    public int? MaxResultsMegabytes { get; init; }

    public int? MaxOutputsMegabytes { get; init; }

    public int? MaxPreviewsMegabytes { get; init; }

    public int? MaxPrompts { get; init; }

    public double? IdleUnloadMinutes { get; init; }

    public bool? Dashboard { get; init; }

    public string? OtlpEndpoint { get; init; }

    public bool? SaveOutputs { get; init; }

    public long? RetentionHours { get; init; }

    public bool? WhisperDownloads { get; init; }

    public string? WhisperModelUrl { get; init; }

    public string? DefaultFormat { get; init; }

    public string? VoiceAliases { get; init; }

    public double? Temperature { get; init; }

    public double? CfgScale { get; init; }

    public double? TopP { get; init; }

    public string? ApiKey { get; init; }

    public string? ApiKeyFile { get; init; }

    public string? AllowedOrigins { get; init; }

    public string? AllowedHosts { get; init; }

    public string? BasePath { get; init; }

    public int? MaxConnections { get; init; }

    public int? BodyBudgetMegabytes { get; init; }

    public double? BodySeconds { get; init; }

    public int? UnreadAudioMegabytes { get; init; }

    public int? MaxUnreadFilesMegabytes { get; init; }

    public double? DrainSeconds { get; init; }

    public double? DrainPauseSeconds { get; init; }

    public string? GpuMode { get; init; }

    public string? GpuIds { get; init; }

    public int? MaxWorkers { get; init; }

    public bool? PublicMetrics { get; init; }

    public OptionsSet Read()
    {
        var values = from property in GetType().GetProperties()
                     let value = property.GetValue(this)
                     where value is not null
                     select KeyValuePair.Create(property.Name, Convert.ToString(value, CultureInfo.InvariantCulture));
        return new SettingsReader(ServerSettings.Classes, _ => null).Read(null, values.ToDictionary()).Options;
    }
}
