namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Every answer names its request: by the client's X-Request-ID, or by a new one.</summary>
internal static class RequestId
{
    public const string Header = "X-Request-ID";

    private const int MaxLength = 128;

    public static Task Assign(HttpContext context, RequestDelegate next)
    {
        var sent = context.Request.Headers[Header].ToString();
        var id = sent.Length is > 0 and <= MaxLength && sent.All(c => c is > ' ' and <= '~') ? sent : Guid.NewGuid().ToString("N");
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        return next(context);
    }
}
