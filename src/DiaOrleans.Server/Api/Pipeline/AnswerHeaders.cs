using DiaOrleans.Server.Web;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>Headers of all answers: browsers believe the type that an answer states, and nothing keeps what belongs to a user.</summary>
internal static class AnswerHeaders
{
    /// <summary>Folders of files that are the same for everyone.</summary>
    private static readonly string[] PublicFolders = [WebPage.Folder, "/docs/", "/dashboard/"];

    public static Task Add(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        var path = context.Request.Path.Value ?? "";
        if (!PublicFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal))) headers.CacheControl = "no-store";
        return next(context);
    }
}
