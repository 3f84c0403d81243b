using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Configuration;

/// <summary>The configuration that clients may change; spec/api.md 6.3.</summary>
internal static class ConfigurationEndpoints
{
    private const int MaxWordCharacters = 256;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/config", async (IGrainFactory grains) => ApiJson.Ok(Shown(await Grain(grains).Get())));
        routes.MapPut("/config", Replace);
    }

    private static async Task<IResult> Replace(HttpContext context, BodyReader bodies, IGrainFactory grains, CurrentConfiguration current)
    {
        var now = await Grain(grains).Replace(await bodies.Read(context.Request, Wanted));
        current.Set(now);
        return ApiJson.Ok(new { message = "Configuration updated successfully", config = Shown(now) });
    }

    private static ServerConfiguration Wanted(FieldReader fields)
    {
        var fresh = new ServerConfiguration();
        var wanted = new ServerConfiguration
        {
            DebugMode = fields.BooleanOr("debug_mode", fresh.DebugMode),
            SaveOutputs = fields.BooleanOr("save_outputs", fresh.SaveOutputs),
            ShowPrompts = fields.BooleanOr("show_prompts", fresh.ShowPrompts),
            OutputRetentionHours = fields.IntegerOr("output_retention_hours", fresh.OutputRetentionHours),
            AutoDiscoverPrompts = fields.BooleanOr("auto_discover_prompts", fresh.AutoDiscoverPrompts),
            AutoTranscribe = fields.BooleanOr("auto_transcribe", fresh.AutoTranscribe),
            WhisperModelSize = fields.StringOr("whisper_model_size", fresh.WhisperModelSize, MaxWordCharacters),
        };
        fields.ThrowIfInvalid();
        return wanted;
    }

    private static IConfigurationGrain Grain(IGrainFactory grains) => grains.GetGrain<IConfigurationGrain>(0);

    private static object Shown(ServerConfiguration configuration) => new
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
