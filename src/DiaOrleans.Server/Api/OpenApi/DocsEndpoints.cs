using System.Globalization;
using Scalar.AspNetCore;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>The OpenAPI document, and the page that shows it. The page loads everything from this server.</summary>
internal static class DocsEndpoints
{
    private const string Document = "/openapi.json";
    private const string Docs = "/docs";
    private const string Redoc = "/redoc";

    /// <summary>Scalar sets styles in its elements, and its page starts by a script of its own, which has the nonce.</summary>
    private const string ContentPolicy =
        "default-src 'self'; script-src 'self' 'nonce-{0}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        + "font-src 'self' data:; media-src 'self' blob: data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
        + "form-action 'none'; frame-ancestors 'none'";

    public static IServiceCollection AddDocs(this IServiceCollection services) => services
        .AddSingleton<DocumentBytes>()
        .AddOpenApi(DocumentBytes.Name, options =>
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
        if (context.Request.Path.Value is not (Docs or Redoc)) return next(context);
        context.Request.Path = Docs + "/";
        context.Response.OnStarting(SetPolicy, context);
        return next(context);
    }

    public static void MapDocs(this IEndpointRouteBuilder app)
    {
        app.MapGet(Document, async (DocumentBytes document) => Results.Bytes(await document.Get(), "application/json; charset=utf-8"))
            .ExcludeFromDescription();
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
            options.WithNonce();
            // These would send data to other servers.
            options.DisableAgent().DisableMcp().DisableTelemetry().HideDeveloperTools().HideClientButton();
        }).ExcludeFromDescription();
    }

    /// <summary>The page has a new nonce for each request.</summary>
    private static Task SetPolicy(object state)
    {
        var context = (HttpContext)state;
        if (context.Items[ScalarOptions.NonceHttpContextItemKey] is string nonce)
            context.Response.Headers.ContentSecurityPolicy = string.Format(CultureInfo.InvariantCulture, ContentPolicy, nonce);
        return Task.CompletedTask;
    }
}
