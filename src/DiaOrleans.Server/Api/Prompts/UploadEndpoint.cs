using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.TemporaryFiles;
using DiaOrleans.Grains.Transcripts;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Disk;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Decoding;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>POST /audio_prompts/upload. The checks and their order are those of docs/api.md, Audio prompts.</summary>
internal sealed partial class UploadEndpoint
{
    private const string Supported = "Supported: .wav, .mp3, .m4a, .flac, .ogg, .aac, .opus, .webm";

    /// <summary>Under another extension, a file that no reader supports is not a damaged recording.</summary>
    private static readonly string[] Extensions =
        [".wav", ".mp3", ".m4a", ".mp4", ".flac", ".ogg", ".oga", ".opus", ".webm", ".aac", ".aiff", ".wma"];

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    public static void Map(IEndpointRouteBuilder routes) => DiskGuard.Protect(routes.MapPost("/audio_prompts/upload", Upload));

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
            await using var form = await UploadForm.Read(context.Request, files, share, CheckId);
            return await Store(context, form, intake, files, logger);
        }
        catch (TemporaryFileException cause) when (DiskFull.Find(cause) is null)
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
        CheckId(id);
        id = PromptId.Normalise(id);
        var content = file.Content ?? throw UploadForm.TooLarge();
        if (content.Length == 0) throw FindProblem(file.Name) ?? ApiProblem.BadRequest("Audio file is empty");
        try
        {
            var stored = await files.Use(content, bytes => intake.Store(id, bytes, context.RequestAborted), context.RequestAborted);
            return ApiJson.Ok(PromptView.FromUpload(id, stored));
        }
        catch (UnusableRecordingException problem)
        {
            throw (problem.IsUnknownFormat ? FindProblem(file.Name) : null) ?? ApiProblem.BadRequest(problem.Message);
        }
        catch (DecoderUnavailableException cause)
        {
            Log.NotDecoded(logger, cause);
            throw ApiProblem.NotInstalled(cause.Message, RetryAfter);
        }
        catch (PromptLimitException problem)
        {
            throw ApiProblem.Full(problem.Message);
        }
        catch (Exception cause) when (!HasOwnAnswer(cause))
        {
            Log.Failed(logger, cause, id);
            throw Failed();
        }
    }

    /// <summary>Whether the answer to an exception is that of every route.</summary>
    private static bool HasOwnAnswer(Exception cause) =>
        cause is OperationCanceledException or TemporaryFileException || cause.IsSiloFault() || DiskFull.Find(cause) is not null;

    /// <summary>The answer has no cause, since it could contain paths of the machine. The log has it.</summary>
    private static ApiProblem Failed() => ApiProblem.Failed("Error processing audio file: it could not be stored");

    private static void CheckId(string id)
    {
        if (string.IsNullOrWhiteSpace(id)) throw ApiProblem.BadRequest("prompt_id cannot be empty");
        if (!PromptId.CanUpload(PromptId.Normalise(id))) throw ApiProblem.BadRequest($"Invalid prompt_id: {PromptId.Allowed}");
    }

    /// <summary>The problem with the name of a file that no reader supports; null if the name is that of a recording.</summary>
    private static ApiProblem? FindProblem(string fileName)
    {
        if (fileName.Length == 0) return ApiProblem.BadRequest("No audio file provided");
        var isRecording = Extensions.Contains(Path.GetExtension(fileName).ToLowerInvariant());
        return isRecording ? null : ApiProblem.BadRequest($"Unsupported file format. {Supported}");
    }

    private static partial class Log
    {
        [LoggerMessage(201, LogLevel.Error, "The upload of audio prompt '{Prompt}' failed.")]
        public static partial void Failed(ILogger logger, Exception cause, string prompt);

        [LoggerMessage(203, LogLevel.Error, "A recording could not be decoded.")]
        public static partial void NotDecoded(ILogger logger, Exception cause);

        [LoggerMessage(202, LogLevel.Error, "An upload could not be stored in a temporary file.")]
        public static partial void NotStored(ILogger logger, Exception cause);
    }
}
