using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Workers;
using DiaOrleans.Server.Api;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Origins;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Recognition;
using DiaOrleans.Server.Telemetry;

namespace DiaOrleans.Server.Hosting;

/// <summary>The settings as each area knows them.</summary>
internal static class OptionsByArea
{
    public static ConfigurationOverrides Overrides(this ServerOptions options) => new()
    {
        DebugMode = options.Debug,
        SaveOutputs = options.SaveOutputs,
        ShowPrompts = options.ShowPrompts,
        OutputRetentionHours = options.RetentionHours,
    };

    public static EngineHostOptions Engine(this ServerOptions options) => new()
    {
        DrainLimit = TimeSpan.FromSeconds(options.DrainSeconds),
        IdleLimit = options.IdleUnloadMinutes > 0 ? TimeSpan.FromMinutes(options.IdleUnloadMinutes) : null,
    };

    public static RenderingOptions Rendering(this ServerOptions options) => new()
    {
        Temperature = options.Temperature,
        CfgScale = options.CfgScale,
        TopP = options.TopP,
        MaxSegmentBytes = options.MaxSegmentBytes,
        MaxPromptSeconds = options.MaxPromptSeconds,
    };

    public static JobOptions Jobs(this ServerOptions options) => new() { MaxPendingJobs = options.MaxPendingJobs, Slots = options.Slots };

    public static TelemetryOptions Telemetry(this ServerOptions options) => new() { OtlpEndpoint = options.CollectorAddress, PublicMetrics = options.PublicMetrics };

    public static ApiOptions Api(this ServerOptions options) => new()
    {
        ApiKey = options.ApiKey,
        DefaultFormat = options.DefaultFormat,
        VoiceAliases = options.VoicesByAlias,
        GpuMode = options.GpuMode.ToLowerInvariant(),
        AllowedGpus = options.AllowedGpus,
        MaxWorkers = options.MaxWorkers,
    };

    public static OriginOptions Origins(this ServerOptions options) => new()
    {
        AllowedOrigins = options.OriginsAllowed,
        AllowedHosts = options.HostsAllowed,
        HasKey = ApiKey.IsSet(options.ApiKey),
    };

    /// <param name="options">The settings.</param>
    /// <param name="data">The data folder.</param>
    public static BodyOptions Bodies(this ServerOptions options, string data) => new()
    {
        BudgetBytes = (long)options.BodyBudgetMegabytes << 20,
        TimeLimit = TimeSpan.FromSeconds(options.BodySeconds),
        Folder = Path.Combine(data, "incoming"),
    };

    /// <param name="options">The settings.</param>
    /// <param name="data">The data folder.</param>
    public static RecognitionOptions Recognition(this ServerOptions options, string data)
    {
        var folder = options.WhisperModels ?? Path.Combine(data, "whisper_models");
        var recognition = new RecognitionOptions { Folder = folder, Downloads = Downloads(options) };
        return options.WhisperSource is { } source ? recognition with { Source = source } : recognition;
    }

    private static ModelDownloads Downloads(ServerOptions options) => options.WhisperDownloads switch
    {
        true => ModelDownloads.WhenNeeded,
        false => ModelDownloads.Never,
        null => ModelDownloads.WhenAsked,
    };
}
