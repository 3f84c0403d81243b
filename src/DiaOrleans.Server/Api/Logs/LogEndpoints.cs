using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Logs;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Logs;

/// <summary>The routes of the generation log and of saved outputs; docs/api.md, Log.</summary>
internal static class LogEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/logs", List);
        routes.MapGet("/logs/{log_id}", Get);
        routes.MapMethods("/logs/{log_id}/download", FinishedAudio.Methods, Download);
        routes.MapDelete("/logs", Clear);
        routes.MapDelete("/logs/{log_id}", Delete);
    }

    private static async Task<IResult> List(HttpContext context, GenerationLog log)
    {
        var query = FieldReader.Query(context.Request.Query);
        var limit = (int)query.IntegerOr("limit", RequestLimits.DefaultListLength, RequestLimits.ListLength);
        query.ThrowIfInvalid();
        var page = await log.List(limit, context.Request.Query["voice"].LastOrDefault());
        return ApiJson.Ok(LogView.FromPage(page));
    }

    private static async Task<IResult> Get(HttpContext context, GenerationLog log) =>
        ApiJson.Ok(LogView.FromEntry(await Find(context, log)));

    private static async Task<IResult> Download(HttpContext context, GenerationLog log)
    {
        var entry = await Find(context, log);
        var audio = await log.OpenOutput(entry, context.RequestAborted);
        if (audio is null) throw ApiProblem.NotFound("Audio file not found or has been cleaned up");
        SeedHeader.Add(context.Response, entry.SeedUsed);
        return FinishedAudio.Send(context, audio, AudioFormat.Wav, entry.FilePath!, Path.GetFileNameWithoutExtension(entry.FilePath!));
    }

    private static async Task<IResult> Clear(GenerationLog log)
    {
        await log.Clear();
        return ApiJson.Ok(new { message = "All generation logs cleared" });
    }

    private static async Task<IResult> Delete(HttpContext context, GenerationLog log)
    {
        var id = ReadId(context);
        if (!await log.Remove(id)) throw NotFound(id);
        return ApiJson.Ok(new { message = $"Log '{id}' and associated file deleted" });
    }

    private static async Task<GenerationEntry> Find(HttpContext context, GenerationLog log)
    {
        var id = ReadId(context);
        return await log.Find(id) ?? throw NotFound(id);
    }

    private static string ReadId(HttpContext context) => RouteParameter.Read(context, "log_id");

    private static ApiProblem NotFound(string id) => ApiProblem.NotFound($"Log {Quoted.Name(id)} not found");
}
