using System.Diagnostics;
using DiaOrleans.Grains.Requests;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>
/// Gives each request an id: the client's X-Request-ID or a new one. It is in the answer, and in logs and traces, those of grains included.
/// </summary>
internal static class RequestId
{
    public const string Header = "X-Request-ID";

    private const int MaxLength = 128;

    public static async Task Assign(HttpContext context, RequestDelegate next)
    {
        var sent = context.Request.Headers[Header].ToString();
        var isValid = sent.Length is > 0 and <= MaxLength && sent.All(c => c is > ' ' and <= '~');
        var id = isValid ? sent : Guid.NewGuid().ToString("N");
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        CurrentRequest.Set(id);
        Activity.Current?.SetTag("http.request.id", id);
        await next(context);
    }
}
