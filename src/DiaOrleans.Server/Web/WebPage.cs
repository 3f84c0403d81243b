using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace DiaOrleans.Server.Web;

/// <summary>The web page: static files in this assembly. The page uses only the public API and contains no secret.</summary>
internal sealed class WebPage
{
    public const string Folder = "/ui/";
    private const string Page = "index.html";
    private const string ResourcePrefix = "web.";
    private const string HiddenDashboardLink = """href="dashboard/" hidden""";

    /// <summary>The page loads only files of this server. It plays answers as blobs.</summary>
    private const string ContentPolicy =
        "default-src 'self'; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly Dictionary<string, WebFile> _files;

    /// <param name="linkDashboard">True if the server has /dashboard and a browser can open it.</param>
    public WebPage(bool linkDashboard)
    {
        _files = Names().ToDictionary(name => name, name => new WebFile(name, Read(name)));
        if (!linkDashboard) return;
        var page = Encoding.UTF8.GetString(_files[Page].Content);
        page = page.Replace(HiddenDashboardLink, HiddenDashboardLink.Replace(" hidden", ""), StringComparison.Ordinal);
        _files[Page] = new WebFile(Page, Encoding.UTF8.GetBytes(page));
    }

    /// <summary>Maps the files that the page loads.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Folder + "{file}", (HttpContext context, string file, WebPage page) => page.Send(context, file))
            .ExcludeFromDescription();

    /// <summary>Sends index.html.</summary>
    public IResult SendPage(HttpContext context) => Send(context, _files[Page]);

    private IResult Send(HttpContext context, string name) =>
        name != Page && _files.TryGetValue(name, out var file) ? Send(context, file) : Results.NotFound();

    private static IResult Send(HttpContext context, WebFile file)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = ContentPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        return Results.Bytes(file.Content, file.Type, entityTag: file.Tag);
    }

    private static IEnumerable<string> Names() =>
        from resource in typeof(WebPage).Assembly.GetManifestResourceNames()
        where resource.StartsWith(ResourcePrefix, StringComparison.Ordinal)
        select resource[ResourcePrefix.Length..];

    private static byte[] Read(string name)
    {
        using var resource = typeof(WebPage).Assembly.GetManifestResourceStream(ResourcePrefix + name)!;
        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return content;
    }

    private sealed record WebFile(string Name, byte[] Content)
    {
        public EntityTagHeaderValue Tag { get; } = new($"\"{Convert.ToHexStringLower(SHA256.HashData(Content))[..16]}\"");

        public string Type { get; } = Path.GetExtension(Name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            var other => throw new InvalidOperationException($"The page has a file of an unknown type: {other}"),
        };
    }
}
