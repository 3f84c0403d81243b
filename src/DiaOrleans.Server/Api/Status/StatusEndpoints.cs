using DiaOrleans.Grains.Retention;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Web;

namespace DiaOrleans.Server.Api.Status;

/// <summary>The routes of the server's health and of its cleanup; docs/api.md, State of the server.</summary>
internal static class StatusEndpoints
{
    private static readonly string[] GetAndHead = ["GET", "HEAD"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", GetAndHead, Root);
        routes.MapMethods("/health", GetAndHead, Health);
        routes.MapPost("/cleanup", CleanUp);
    }

    private static IResult Root(HttpContext context, WebPage page)
    {
        context.Response.Headers.Append("Vary", "Accept");
        if (PageRequest.PrefersHtml(context.Request)) return page.SendPage(context);
        return ApiJson.Ok(new { message = "Dia TTS Server is running", status = "healthy" });
    }

    private static async Task<IResult> CleanUp(Cleanup cleanup, HttpContext context)
    {
        await cleanup.Run(context.RequestAborted);
        return ApiJson.Ok(new { message = "Cleanup completed" });
    }

    private static async Task<IResult> Health(WorkerView workers, TimeProvider time)
    {
        var loaded = await workers.AnyModelLoaded();
        var seconds = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        return ApiJson.Ok(new { status = "healthy", model_loaded = loaded, timestamp = seconds });
    }
}
