using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Server.Tests.Proxies;

/// <summary>A proxy in this process, which passes on what it gets at once.</summary>
internal sealed class ForwardingProxy : ReverseProxy
{
    private static readonly string[] OfTheConnection = ["Connection", "Transfer-Encoding", "Keep-Alive"];

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly WebApplication _app;

    public ForwardingProxy(int port, Uri server, PathHandling handling)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        _app = builder.Build();
        _app.Run(context => Forward(context, server, handling));
    }

    public override async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    protected override Task Start() => _app.StartAsync();

    private async Task Forward(HttpContext context, Uri server, PathHandling handling)
    {
        var path = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!path.StartsWith(Prefix + "/", StringComparison.Ordinal))
        {
            context.Response.StatusCode = path == Prefix ? 301 : 404;
            if (path == Prefix) context.Response.Headers.Location = Prefix + "/";
            return;
        }

        if (handling != PathHandling.Kept) path = path[Prefix.Length..];
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(server, path));
        if (context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0)
            request.Content = new StreamContent(context.Request.Body);
        foreach (var (name, values) in context.Request.Headers.Where(header => !OfTheConnection.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        if (handling == PathHandling.Forwarded) request.Headers.Add("X-Forwarded-Prefix", Prefix);
        using var answer = await _client.SendAsync(request, context.RequestAborted);
        await Answer(context, answer);
    }

    private static async Task Answer(HttpContext context, HttpResponseMessage answer)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !OfTheConnection.Contains(header.Key)))
            context.Response.Headers[name] = values.ToArray();
        await using var body = await answer.Content.ReadAsStreamAsync();
        var block = new byte[8192];
        for (int read; (read = await body.ReadAsync(block, context.RequestAborted)) > 0;)
        {
            await context.Response.Body.WriteAsync(block.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
