using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Server.Tests.Recognition.ModelFiles;

/// <summary>A web server with one file, whose faults a test sets.</summary>
internal sealed class FileSource : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FileSource(WebApplication app) => _app = app;

    public required byte[] Content { get; init; }

    /// <summary>Whether it serves ranges.</summary>
    public bool Ranges { get; init; } = true;

    /// <summary>Bytes after which an answer cuts the connection; each answer takes the next.</summary>
    public Queue<int> Cuts { get; } = [];

    public int Status { get; set; } = 200;

    /// <summary>Answers wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>The first byte that each request named.</summary>
    public List<long> Requested { get; } = [];

    public Uri Address
    {
        get
        {
            var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
            return new Uri(addresses.Single() + "/files/");
        }
    }

    public static async Task<FileSource> Start(byte[] content, bool ranges = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var source = new FileSource(app) { Content = content, Ranges = ranges };
        app.MapGet("/files/ggml-test.bin", source.Answer);
        await app.StartAsync();
        return source;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        var from = Ranges ? context.Request.GetTypedHeaders().Range?.Ranges.Single().From ?? 0 : 0;
        Requested.Add(context.Request.GetTypedHeaders().Range?.Ranges.Single().From ?? 0);
        await Gate;
        context.Response.StatusCode = Status;
        if (Status != 200) return;
        if (from >= Content.Length)
        {
            context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            context.Response.Headers.ContentRange = $"bytes */{Content.Length}";
            return;
        }

        if (from > 0)
        {
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = $"bytes {from}-{Content.Length - 1}/{Content.Length}";
        }

        context.Response.ContentLength = Content.Length - from;
        var cut = Cuts.TryDequeue(out var most) && most < Content.Length - from;
        await context.Response.Body.WriteAsync(Content.AsMemory((int)from, cut ? most : Content.Length - (int)from));
        await context.Response.Body.FlushAsync();
        if (cut) context.Abort();
    }
}
