using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>The routes of jobs in the background; docs/api.md, Jobs.</summary>
internal static class JobEndpoints
{
    /// <summary>Characters of a job's id in the file name of its result.</summary>
    private const int IdPrefixLength = 8;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/jobs", List);
        routes.MapDelete("/jobs", Clear);
        routes.MapGet("/jobs/{id}", Get);
        routes.MapDelete("/jobs/{id}", Cancel);
        routes.MapMethods("/jobs/{id}/result", FinishedAudio.Methods, Result);
        routes.MapGet("/jobs/{id}/events", JobEventsEndpoint.Send);
    }

    private static async Task<IResult> List(HttpRequest request, JobService jobs)
    {
        var query = JobListQuery.Read(request.Query);
        return ApiJson.Ok(JobView.FromPage(await jobs.List(query.Status, query.Limit, query.Offset, query.Order)));
    }

    private static async Task<IResult> Clear(JobService jobs) =>
        ApiJson.Ok(new { message = $"Cleared {await jobs.Clear()} completed jobs" });

    private static async Task<IResult> Get(HttpContext context, JobReads jobs) =>
        ApiJson.Ok(JobView.FromJob(await Find(context, jobs.Find)));

    private static async Task<IResult> Cancel(HttpContext context, JobReads reads, JobService jobs)
    {
        var job = await Find(context, reads.Find);
        if (await jobs.Cancel(job.Id) is not { } answer) throw NotFound(context);
        if (!answer.Cancelled) throw ApiProblem.BadRequest($"Cannot cancel job with status: {JobView.FormatStatus(answer.Status)}");
        return ApiJson.Ok(new { message = $"Job '{ReadId(context)}' cancelled" });
    }

    private static async Task<IResult> Result(HttpContext context, JobReads reads, JobService jobs)
    {
        var job = await Find(context, reads.FindEnded);
        if (job.Status == SpeechStatus.Failed) throw ApiProblem.Failed($"Job failed: {job.Error}");
        if (job.Status != SpeechStatus.Completed)
            throw ApiProblem.TooEarly($"Job not completed (status: {JobView.FormatStatus(job.Status)})");
        if (!AudioFormats.TryParse(job.Request.Format, out var format))
            throw new InvalidDataException($"Job {job.Id} has the unknown format '{job.Request.Format}'.");
        var audio = await jobs.OpenResult(job, context.RequestAborted) ?? throw ApiProblem.NotFound("Job result not found or expired");
        SeedHeader.Add(context.Response, job.SeedUsed);
        return FinishedAudio.Send(context, audio, format, job.Result!.Key, $"speech_{job.Id.ToString()[..IdPrefixLength]}");
    }

    /// <summary>What is known of the job that the route names.</summary>
    /// <exception cref="ApiProblem">404: there is none.</exception>
    internal static async Task<T> Find<T>(HttpContext context, Func<Guid, Task<T?>> find) where T : class =>
        (Guid.TryParseExact(ReadId(context), "D", out var id) ? await find(id) : null) ?? throw NotFound(context);

    private static string ReadId(HttpContext context) => RouteParameter.Read(context, "id");

    private static ApiProblem NotFound(HttpContext context) => ApiProblem.NotFound($"Job {Quoted.Name(ReadId(context))} not found");
}
