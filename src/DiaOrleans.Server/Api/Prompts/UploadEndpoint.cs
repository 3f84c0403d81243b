using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Transcripts;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>POST /audio_prompts/upload. The checks and their order are the table of spec/api.md 5.</summary>
internal sealed partial class UploadEndpoint
{
    private static readonly string[] Extensions = [".wav", ".mp3", ".m4a", ".flac", ".ogg", ".aac"];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/audio_prompts/upload", Upload);

    private static async Task<IResult> Upload(
        HttpContext context,
        PromptIntake intake,
        BodyFiles files,
        BodyBudget budget,
        ILogger<UploadEndpoint> logger)
    {
        using var share = budget.Open();
        try
        {
            await using var form = await UploadForm.Read(context.Request, files, share, CheckNames);
            return await Store(context, form, intake, files, logger);
        }
        catch (BodyStorageException cause)
        {
            Log.NotStored(logger, cause);
            throw Failed();
        }
    }

    private static async Task<IResult> Store(
        HttpContext context,
        UploadForm form,
        PromptIntake intake,
        BodyFiles files,
        ILogger logger)
    {
        var (id, file) = form.GetFields();
        CheckNames(id, file.Name);
        var content = file.Content ?? throw UploadForm.TooLarge();
        if (content.Length == 0) throw ApiProblem.BadRequest("Audio file is empty");
        try
        {
            var stored = await files.Use(content, bytes => intake.Store(id, bytes, context.RequestAborted), context.RequestAborted);
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
        catch (Exception cause) when (cause is not (OperationCanceledException or BodyStorageException))
        {
            Log.Failed(logger, cause, id);
            throw Failed();
        }
    }

    /// <summary>The answer has no cause, since it could contain paths of the machine. The log has it.</summary>
    private static ApiProblem Failed() => ApiProblem.Failed("Error processing audio file: it could not be stored");

    private static void CheckNames(string id, string fileName)
    {
        if (string.IsNullOrWhiteSpace(id)) throw ApiProblem.BadRequest("prompt_id cannot be empty");
        if (!PromptId.CanUpload(id)) throw ApiProblem.BadRequest("Invalid prompt_id");
        if (fileName.Length == 0) throw ApiProblem.BadRequest("No audio file provided");
        if (!Extensions.Contains(Path.GetExtension(fileName).ToLowerInvariant()))
            throw ApiProblem.BadRequest($"Unsupported file format. Supported: {string.Join(", ", Extensions)}");
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Error, "The upload of audio prompt '{Prompt}' failed.")]
        public static partial void Failed(ILogger logger, Exception cause, string prompt);

        [LoggerMessage(202, LogLevel.Error, "An upload could not be stored in a temporary file.")]
        public static partial void NotStored(ILogger logger, Exception cause);
    }
}
