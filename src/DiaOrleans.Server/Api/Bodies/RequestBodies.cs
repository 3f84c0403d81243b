using System.Buffers;
using DiaOrleans.Server.Api.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Bodies;

/// <summary>
/// Limits the time of every body, and reads the rest of a body whose request has been answered early: if the connection were closed
/// instead, a client that still sends could lose the answer.
/// </summary>
internal sealed class RequestBodies(BodyOptions options, TimeProvider time)
{
    private const int BlockBytes = 16 << 10;

    public async Task Limit(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true)
        {
            await next(context);
            return;
        }

        await using var body = new ArrivingBody(context.Request.Body, options.TimeLimit, time);
        context.Request.Body = body;
        await next(context);
        if (body.Ended || context.RequestAborted.IsCancellationRequested || AwaitsContinue(context.Request, body)) return;
        try
        {
            await context.Response.CompleteAsync();
            await ReadRest(body, context.RequestAborted);
        }
        catch (Exception problem) when (problem is ApiProblem or IOException or OperationCanceledException)
        {
            // The answer has been sent; the web server closes the connection.
        }
    }

    /// <summary>True if the client has not begun to send the body: it waits for a 100 Continue that it will not get.</summary>
    private static bool AwaitsContinue(HttpRequest request, ArrivingBody body) => !body.IsStarted && request.Headers.Expect.Count > 0;

    private static async Task ReadRest(ArrivingBody body, CancellationToken stop)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            while (body.Received < BodyOptions.MaxBytes && await body.ReadAsync(block, stop) > 0)
            {
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
