using DiaOrleans.Grains.Retention;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Web;

namespace DiaOrleans.Server.Api.Status;

/// <summary>The root and the route of the cleanup; docs/api.md, State of the server.</summary>
internal static class StatusEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/", ["GET", "HEAD"], Root);
        routes.MapPost("/cleanup", CleanUp);
    }

    private static IResult Root(HttpContext context, WebPage page)
    {
        context.Response.Headers.Append("Vary", "Accept");
        if (PageRequest.PrefersHtml(context.Request)) return page.SendPage(context);
        return ApiJson.Ok(new { message = "Dia TTS Server is running", status = "healthy" });
    }

    private static async Task<IResult> CleanUp(IGrainFactory grains, HttpContext context)
    {
        await grains.GetGrain<ICleanupGrain>(0).Run().WaitAsync(context.RequestAborted);
        return ApiJson.Ok(new { message = "Cleanup completed" });
    }
}
