using System.Diagnostics;
using DiaOrleans.Grains.Requests;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Every answer names its request: by the client's X-Request-ID, or by a new one. It is in the logs and traces, also those of grains.</summary>
internal sealed class RequestId(ILogger<RequestId> logger)
{
    public const string Header = "X-Request-ID";

    private const int MaxLength = 128;

    public async Task Assign(HttpContext context, RequestDelegate next)
    {
        var sent = context.Request.Headers[Header].ToString();
        var id = sent.Length is > 0 and <= MaxLength && sent.All(c => c is > ' ' and <= '~') ? sent : Guid.NewGuid().ToString("N");
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        var request = new RequestLogScope(id);
        request.SetCurrent();
        Activity.Current?.SetTag("http.request.id", id);
        using (logger.BeginScope(request)) await next(context);
    }
}
