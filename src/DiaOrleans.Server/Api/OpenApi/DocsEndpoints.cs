using Scalar.AspNetCore;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>The API's own description, as a document and as a page; everything that the page loads comes from this server.</summary>
internal static class DocsEndpoints
{
    private const string Document = "/openapi.json";
    private const string Docs = "/docs";
    private const string Redoc = "/redoc";

    public static IServiceCollection AddDocs(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        // The document is written from our descriptions alone.
        options.ShouldInclude = _ => false;
        options.AddDocumentTransformer<DocumentWriter>();
    });

    /// <summary>The page is mapped with a slash at its end, which clients never see: paths that end with one are redirected before.</summary>
    public static Task Route(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.Value is Docs or Redoc) context.Request.Path = Docs + "/";
        return next(context);
    }

    public static void MapDocs(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi(Document).ExcludeFromDescription();
        app.MapScalarApiReference(Docs, options =>
        {
            options.Title = "Dia TTS Server";
            options.OpenApiRoutePattern = Document;
            options.BundleUrl = Docs + "/scalar.js";
            options.HeadContent = $"""<base href="{Docs}/">""";
            options.DefaultFonts = false;
            // These would send what the reader does to others.
            options.DisableAgent().DisableMcp().DisableTelemetry().HideDeveloperTools().HideClientButton();
        }).ExcludeFromDescription();
    }
}
