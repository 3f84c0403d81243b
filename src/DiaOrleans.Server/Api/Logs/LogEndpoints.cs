using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Logs;

/// <summary>What was generated, and the saved outputs; spec/api.md 6.4.</summary>
internal static class LogEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/logs", List);
        routes.MapGet("/logs/{log_id}", Get);
        routes.MapGet("/logs/{log_id}/download", Download);
        routes.MapDelete("/logs", Clear);
        routes.MapDelete("/logs/{log_id}", Delete);
    }

    private static async Task<IResult> List(HttpContext context, IGrainFactory grains)
    {
        var query = FieldReader.Query(context.Request.Query);
        var limit = (int)query.IntegerOr("limit", DefaultLimit, 0, MaxLimit);
        query.ThrowIfInvalid();
        var voice = context.Request.Query["voice"].LastOrDefault();
        var page = await Log(grains).List(limit, string.IsNullOrEmpty(voice) ? null : voice);
        return ApiJson.Ok(new { logs = page.Entries.Select(Shown), total = page.Total, filtered = page.Entries.Count });
    }

    private static async Task<IResult> Get(HttpContext context, IGrainFactory grains) => ApiJson.Ok(Shown(await Find(RouteText.Of(context, "log_id"), grains)));

    private static async Task<IResult> Download(HttpContext context, IGrainFactory grains, IBlobStore blobs)
    {
        var entry = await Find(RouteText.Of(context, "log_id"), grains);
        var audio = entry.FilePath is { } file ? await blobs.OpenRead(file, context.RequestAborted) : null;
        if (audio is null) throw ApiProblem.NotFound("Audio file not found or has been cleaned up");
        context.Response.Headers.ContentDisposition = Attachment.Named(Path.GetFileNameWithoutExtension(entry.FilePath!), "wav");
        return Results.Stream(audio, "audio/wav");
    }

    private static async Task<IResult> Clear(IGrainFactory grains)
    {
        await Log(grains).Clear();
        return ApiJson.Ok(new { message = "All generation logs cleared" });
    }

    private static async Task<IResult> Delete(HttpContext context, IGrainFactory grains, IBlobStore blobs)
    {
        var id = RouteText.Of(context, "log_id");
        var entry = await Log(grains).Remove(id) ?? throw Unknown(id);
        if (entry.FilePath is { } file) await blobs.Delete(file, CancellationToken.None);
        return ApiJson.Ok(new { message = $"Log '{id}' and associated file deleted" });
    }

    private static async Task<GenerationEntry> Find(string id, IGrainFactory grains) => await Log(grains).Get(id) ?? throw Unknown(id);

    private static IGenerationLogGrain Log(IGrainFactory grains) => grains.GetGrain<IGenerationLogGrain>(0);

    private static ApiProblem Unknown(string id) => ApiProblem.NotFound($"Log {Quoted.Name(id)} not found");

    private static object Shown(GenerationEntry entry) => new
    {
        id = entry.Id,
        timestamp = ApiTime.Of(entry.Timestamp),
        text = entry.Text,
        processed_text = entry.ProcessedText,
        voice = entry.Voice,
        audio_prompt_used = entry.AudioPromptUsed,
        generation_time = entry.GenerationTime,
        file_path = entry.FilePath,
        file_size = entry.FileSize,
    };
}
