using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>Background jobs: how they stand, their results, their end; spec/api.md 6.2.</summary>
internal static class JobEndpoints
{
    private const int ShownOfId = 8;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/jobs", List);
        routes.MapDelete("/jobs", Clear);
        routes.MapGet("/jobs/{id}", Get);
        routes.MapDelete("/jobs/{id}", Cancel);
        routes.MapGet("/jobs/{id}/result", Result);
    }

    private static async Task<IResult> List(HttpRequest request, JobService desk)
    {
        var query = JobListQuery.Read(request.Query);
        var page = await desk.List(query.Status, query.Limit);
        return ApiJson.Ok(new { jobs = page.Jobs.Select(JobView.Of), total = page.Total, filtered = page.Jobs.Count });
    }

    private static async Task<IResult> Clear(JobService desk) => ApiJson.Ok(new { message = $"Cleared {await desk.Clear()} completed jobs" });

    private static async Task<IResult> Get(HttpContext context, JobService desk) => ApiJson.Ok(JobView.Of(await Require(context, desk)));

    private static async Task<IResult> Cancel(HttpContext context, JobService desk)
    {
        var job = await Require(context, desk);
        if (await desk.Cancel(job.Id) is not { } answer) throw NotFound(context);
        if (!answer.Cancelled) throw ApiProblem.BadRequest($"Cannot cancel job with status: {JobView.Name(answer.Status)}");
        return ApiJson.Ok(new { message = $"Job '{Id(context)}' cancelled" });
    }

    private static async Task Result(HttpContext context, JobService desk)
    {
        var job = await Require(context, desk);
        if (job.Status == SpeechStatus.Failed) throw ApiProblem.Failed($"Job failed: {job.Error}");
        if (job.Status != SpeechStatus.Completed) throw ApiProblem.TooEarly($"Job not completed (status: {JobView.Name(job.Status)})");
        await using var audio = await desk.OpenResult(job, context.RequestAborted) ?? throw ApiProblem.NotFound("Job result not found or expired");
        if (!AudioFormats.TryParse(job.Request.Format, out var format)) throw new InvalidDataException($"Job {job.Id} has the format '{job.Request.Format}'.");
        context.Response.ContentType = format.ContentType();
        context.Response.ContentLength = audio.Length;
        context.Response.Headers.ContentDisposition = Attachment.Named($"speech_{job.Id.ToString()[..ShownOfId]}", format.Extension());
        await audio.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static async Task<Job> Require(HttpContext context, JobService desk) =>
        (Guid.TryParseExact(Id(context), "D", out var id) ? await desk.Find(id) : null) ?? throw NotFound(context);

    private static string Id(HttpContext context) => RouteText.Of(context, "id");

    private static ApiProblem NotFound(HttpContext context) => ApiProblem.NotFound($"Job {Quoted.Name(Id(context))} not found");
}
