using Scalar.AspNetCore;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>The OpenAPI document, and the page that shows it. The page loads everything from this server.</summary>
internal static class DocsEndpoints
{
    private const string Document = "/openapi.json";
    private const string Docs = "/docs";
    private const string Redoc = "/redoc";

    public static IServiceCollection AddDocs(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        // DocumentWriter writes everything.
        options.ShouldInclude = _ => false;
        options.AddDocumentTransformer<DocumentWriter>();
    });

    /// <summary>
    /// Rewrites /docs and /redoc to /docs/, where the page is mapped. Clients do not see the slash: before, paths that end with one are
    /// redirected by <see cref="Pipeline.TrailingSlash"/>.
    /// </summary>
    public static Task Rewrite(HttpContext context, RequestDelegate next)
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
            // Relative, so that the page works under any path of a proxy.
            options.OpenApiRoutePattern = Document.TrimStart('/');
            options.DynamicBaseServerUrl = true;
            options.AddServer("/");
            options.BundleUrl = "scalar.js";
            options.HeadContent = """<base href="docs/"><script src="../ui/docs.js"></script>""";
            options.DefaultFonts = false;
            // These would send data to other servers.
            options.DisableAgent().DisableMcp().DisableTelemetry().HideDeveloperTools().HideClientButton();
        }).ExcludeFromDescription();
    }
}
