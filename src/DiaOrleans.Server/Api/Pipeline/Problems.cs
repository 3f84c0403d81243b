using DiaOrleans.Grains.Waiting;
using DiaOrleans.Server.Api.Disk;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Answers exceptions as JSON errors. Unexpected ones are logged, and their answer contains no details.</summary>
internal sealed partial class Problems(ILogger<Problems> logger)
{
    public async Task Handle(HttpContext context, RequestDelegate next)
    {
        try
        {
            await Answer(context, next);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected: there is no answer to send.
        }
        catch (Exception cause)
        {
            Log.Unexpected(logger, context.Request.Method, context.Request.Path, context.TraceIdentifier, cause);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Headers.RetryAfter = default;
            await ProblemWriter.Write(context, Describe(cause));
        }
    }

    /// <summary>An exception of the writer itself is handled by the caller.</summary>
    private static async Task Answer(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response.HasStarted) return;
            if (context.Response.StatusCode == 404) await ProblemWriter.Write(context, "Not Found");
            else if (context.Response.StatusCode == 405) await ProblemWriter.Write(context, "Method Not Allowed");
        }
        catch (ApiProblem problem) when (!context.Response.HasStarted)
        {
            await ProblemWriter.Write(context, problem);
        }
        catch (BadHttpRequestException problem) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = problem.StatusCode;
            await ProblemWriter.Write(context, problem.StatusCode == 413 ? "Request body too large" : "The request could not be read");
        }
    }

    private static ApiProblem Describe(Exception cause)
    {
        if (DiskFull.Find(cause) is { } full) return ApiProblem.NoSpace(full);
        return cause.IsSiloFault() ? ApiProblem.NoAnswer() : ApiProblem.Failed("Internal Server Error");
    }

    private static partial class Log
    {
        [LoggerMessage(101, LogLevel.Error, "{Method} {Path} failed, request {Id}")]
        public static partial void Unexpected(ILogger logger, string method, string path, string id, Exception cause);
    }
}
