using System.Diagnostics;
using DiaOrleans.Grains.Requests;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>
/// Gives each request an id: the client's X-Request-ID or a new one. It is in the answer, and in logs and traces, those of grains included.
/// </summary>
internal sealed class RequestId(ILogger<RequestId> logger)
{
    public const string Header = "X-Request-ID";

    private const int MaxLength = 128;

    public async Task Assign(HttpContext context, RequestDelegate next)
    {
        var sent = context.Request.Headers[Header].ToString();
        var isValid = sent.Length is > 0 and <= MaxLength && sent.All(c => c is > ' ' and <= '~');
        var id = isValid ? sent : Guid.NewGuid().ToString("N");
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        var request = new RequestLogScope(id);
        request.SetCurrent();
        Activity.Current?.SetTag("http.request.id", id);
        using (logger.BeginScope(request)) await next(context);
    }
}
