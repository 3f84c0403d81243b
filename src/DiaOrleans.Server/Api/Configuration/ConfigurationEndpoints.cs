using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Configuration;

/// <summary>The routes of the configuration that clients can change; docs/api.md, Configuration.</summary>
internal static class ConfigurationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/config", Get);
        routes.MapPut("/config", Replace);
    }

    private static async Task<IResult> Get(ConfigurationReads configurations) =>
        ApiJson.Ok(FormatConfiguration(await configurations.Get()));

    private static async Task<IResult> Replace(HttpContext context, BodyReader bodies, CurrentConfiguration current)
    {
        var stored = await current.Replace(await bodies.Read(context.Request, ReadConfiguration));
        return ApiJson.Ok(FormatReplaced(stored));
    }

    /// <summary>Absent fields have their defaults.</summary>
    private static ServerConfiguration ReadConfiguration(FieldReader fields)
    {
        var defaults = new ServerConfiguration();
        var configuration = new ServerConfiguration
        {
            DebugMode = fields.BooleanOr("debug_mode", defaults.DebugMode),
            SaveOutputs = fields.BooleanOr("save_outputs", defaults.SaveOutputs),
            ShowPrompts = fields.BooleanOr("show_prompts", defaults.ShowPrompts),
            OutputRetentionHours = fields.IntegerOr("output_retention_hours", defaults.OutputRetentionHours),
            AutoDiscoverPrompts = fields.BooleanOr("auto_discover_prompts", defaults.AutoDiscoverPrompts),
            AutoTranscribe = fields.BooleanOr("auto_transcribe", defaults.AutoTranscribe),
            WhisperModelSize = fields.StringOr("whisper_model_size", defaults.WhisperModelSize, RequestLimits.WordLength),
        };
        fields.ThrowIfInvalid();
        return configuration;
    }

    /// <summary>The JSON of a configuration that was stored.</summary>
    public static object FormatReplaced(ServerConfiguration stored) =>
        new { message = "Configuration updated successfully", config = FormatConfiguration(stored) };

    /// <summary>The JSON of a configuration.</summary>
    public static object FormatConfiguration(ServerConfiguration configuration) => new
    {
        debug_mode = configuration.DebugMode,
        save_outputs = configuration.SaveOutputs,
        show_prompts = configuration.ShowPrompts,
        output_retention_hours = configuration.OutputRetentionHours,
        auto_discover_prompts = configuration.AutoDiscoverPrompts,
        auto_transcribe = configuration.AutoTranscribe,
        whisper_model_size = configuration.WhisperModelSize,
    };
}
