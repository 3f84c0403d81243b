using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Transcripts;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>Takes a recording; the checks and their order are the table of spec/api.md 5.</summary>
internal sealed partial class UploadEndpoint
{
    private const string Supported = "Supported: .wav, .mp3, .m4a, .flac, .ogg, .aac";
    private static readonly string[] Extensions = [".wav", ".mp3", ".m4a", ".flac", ".ogg", ".aac"];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/audio_prompts/upload", Upload);

    private static async Task<IResult> Upload(HttpContext context, PromptIntake intake, ILogger<UploadEndpoint> logger)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = UploadForm.MaxBodyBytes;
        var form = await UploadForm.Read(context.Request, CheckNames);
        var (id, file) = form.Required();
        CheckNames(id, file.Name);
        var content = file.Content ?? throw UploadForm.TooLarge();
        if (content.Length == 0) throw ApiProblem.BadRequest("Audio file is empty");
        try
        {
            var stored = await intake.Store(id, content, context.RequestAborted);
            return ApiJson.Ok(new
            {
                message = $"Audio prompt '{id}' uploaded successfully",
                duration = stored.Duration,
                sample_rate = stored.SampleRate,
                original_sample_rate = stored.OriginalSampleRate,
                channels = "mono",
            });
        }
        catch (UnusableRecordingException problem)
        {
            throw ApiProblem.BadRequest(problem.Message);
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            Log.Failed(logger, cause, id);
            throw ApiProblem.Failed($"Error processing audio file: {cause.Message}");
        }
    }

    private static void CheckNames(string id, string fileName)
    {
        if (string.IsNullOrWhiteSpace(id)) throw ApiProblem.BadRequest("prompt_id cannot be empty");
        if (!PromptId.CanUpload(id)) throw ApiProblem.BadRequest("Invalid prompt_id");
        if (fileName.Length == 0) throw ApiProblem.BadRequest("No audio file provided");
        if (!Extensions.Contains(Path.GetExtension(fileName).ToLowerInvariant())) throw ApiProblem.BadRequest($"Unsupported file format. {Supported}");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The upload of audio prompt '{Prompt}' failed.")]
        public static partial void Failed(ILogger logger, Exception cause, string prompt);
    }
}
