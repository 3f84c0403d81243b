using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Api.Disk;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Recognition;

/// <summary>The routes of the speech recognizer; docs/api.md, Audio prompts.</summary>
internal static class RecognitionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/whisper/status", Status);
        DiskGuard.Protect(routes.MapPost("/whisper/load", Load));
    }

    private static async Task<IResult> Status(ConfigurationReads configurations, ISpeechRecognizer recognizer)
    {
        var configuration = await configurations.Get();
        return ApiJson.Ok(Format(await recognizer.GetStatus(configuration.WhisperModelSize), configuration));
    }

    /// <summary>The JSON of the recognizer's state.</summary>
    public static object Format(RecognizerStatus status, ServerConfiguration configuration) => new
    {
        available = status.Available,
        model_loaded = status.ModelLoaded,
        model_size = status.Available ? configuration.WhisperModelSize : null,
        auto_transcribe = configuration.AutoTranscribe,
        message = status.Message,
    };

    private static async Task<IResult> Load(
        HttpContext context,
        ConfigurationReads configurations,
        ISpeechRecognizer recognizer,
        RecognitionProblems problems)
    {
        var configuration = await configurations.Get();
        try
        {
            await recognizer.Load(configuration.WhisperModelSize, context.RequestAborted);
        }
        catch (Exception cause) when (cause is RecognizerUnavailableException or RecognitionException)
        {
            throw problems.Create(cause, context, "Failed to load Whisper model");
        }

        return ApiJson.Ok(new { message = "Whisper model loaded successfully" });
    }
}
