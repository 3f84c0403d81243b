using System.Text.Json;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>Runs the part of the pipeline that answers errors, without a server.</summary>
internal static class Answers
{
    public const string RequestId = "request-1";

    /// <summary>The body that is written for a problem.</summary>
    public static async Task<JsonElement> Write(Exception problem) => Body(await Handle(problem));

    /// <summary>The context after a request whose handler threw.</summary>
    public static async Task<HttpContext> Handle(Exception problem)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Response.Body = new MemoryStream();
        context.Response.Headers["X-Request-ID"] = RequestId;
        await new Problems(NullLogger<Problems>.Instance).Handle(context, _ => throw problem);
        return context;
    }

    public static JsonElement Body(HttpContext context) => JsonDocument.Parse(((MemoryStream)context.Response.Body).ToArray()).RootElement;
}
