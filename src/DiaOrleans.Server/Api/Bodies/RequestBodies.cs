using System.Buffers;
using DiaOrleans.Server.Api.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Api.Bodies;

/// <summary>
/// Bounds how long a body may take, and lets a client that is answered before it has sent all of its body read that answer: the rest is
/// read and dropped, where closing the connection would take the answer away.
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
        if (body.Ended || context.RequestAborted.IsCancellationRequested || WaitsToBeAsked(context.Request, body)) return;
        try
        {
            await context.Response.CompleteAsync();
            await Drop(body, context.RequestAborted);
        }
        catch (Exception gone) when (gone is ApiProblem or IOException or OperationCanceledException)
        {
            // The answer has been sent; the web server ends the connection.
        }
    }

    /// <summary>Such a client has not begun to send.</summary>
    private static bool WaitsToBeAsked(HttpRequest request, ArrivingBody body) => !body.Asked && request.Headers.Expect.Count > 0;

    private static async Task Drop(ArrivingBody body, CancellationToken clientGone)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            while (body.Received < BodyOptions.MaxBytes && await body.ReadAsync(block, clientGone) > 0)
            {
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
