using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace DiaOrleans.Server.Tests.Models;

/// <summary>What a hub does wrong with one request for a file.</summary>
internal sealed record HubFault
{
    /// <summary>Bytes after which it cuts the connection.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Bytes after which it sends nothing more and keeps the connection.</summary>
    public int? StallAfter { get; init; }

    /// <summary>Bytes that it sends and gives as the length of the answer, instead of all.</summary>
    public int? ShortenTo { get; init; }

    /// <summary>Answers with the whole file whatever is asked for.</summary>
    public bool IgnoresRange { get; init; }

    /// <summary>Gives no length.</summary>
    public bool HidesLength { get; init; }

    /// <summary>Size of the file that it gives, instead of the real one.</summary>
    public long? Size { get; init; }

    /// <summary>Bytes that it skips before those asked for.</summary>
    public int Shift { get; init; }

    /// <summary>Sends wrong bytes.</summary>
    public bool Corrupts { get; init; }

    /// <summary>Its status instead of 200 or 206.</summary>
    public int? Status { get; init; }

    /// <summary>Seconds in Retry-After.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Where it redirects to.</summary>
    public string? Redirect { get; init; }

    /// <summary>Between blocks of 64 KiB.</summary>
    public TimeSpan Pace { get; init; }
}

/// <summary>A request for a file that a hub has got.</summary>
internal sealed record HubRequest(string Path, long From, bool HasRange, string? Token);

/// <summary>A hub on loopback with the routes of the Hugging Face hub.</summary>
internal sealed class HubServer : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private const int BlockBytes = 1 << 16;
    private const int LargeBytes = 100_000;

    private readonly WebApplication _app;

    private HubServer(WebApplication app) => _app = app;

    /// <summary>Files by OWNER/NAME/PATH.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    /// <summary>The fault of a request for a file; null for none.</summary>
    public Func<HubRequest, HubFault?> Fault { get; set; } = _ => null;

    /// <summary>Status of the routes below /api, and their Retry-After.</summary>
    public Func<int, (int Status, int? RetryAfter)> ApiStatus { get; set; } = _ => (200, null);

    public ConcurrentQueue<HubRequest> Requests { get; } = new();

    public int ApiRequests { get; private set; }

    /// <summary>The token without which it answers 401, or null.</summary>
    public string? Token { get; set; }

    public Uri Address { get; private set; } = null!;

    public static async Task<HubServer> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var hub = new HubServer(app);
        app.MapGet("/api/models/{owner}/{name}/revision/{revision}", hub.AnswerRevision);
        app.MapGet("/api/models/{owner}/{name}/tree/{revision}", hub.AnswerTree);
        app.MapGet("/{owner}/{name}/resolve/{revision}/{**path}", hub.AnswerFile);
        await app.StartAsync();
        hub.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return hub;
    }

    /// <summary>Adds the shipped model as two published ones: a checkpoint and its codec.</summary>
    public void AddNano(string model = "nari-labs/Dia-1.6B", string codec = "descript/dac_44khz")
    {
        var nano = Server.Hosting.ModelFolder.Default();
        foreach (var file in (string[])["config.json", "generation_config.json", "model.safetensors"])
            Files[$"{model}/{file}"] = File.ReadAllBytes(Path.Combine(nano, file));
        foreach (var file in (string[])["config.json", "preprocessor_config.json", "model.safetensors"])
            Files[$"{codec}/{file}"] = File.ReadAllBytes(Path.Combine(nano, "codec", file));
        foreach (var unneeded in (string[])["README.md", "dia-v0_1.pth", ".gitattributes", "image.png"])
            Files[$"{model}/{unneeded}"] = Encoding.UTF8.GetBytes(unneeded);
    }

    /// <summary>Random bytes as one file of a model.</summary>
    public byte[] Add(string path, int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return Files[path] = content;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<bool> Refuse(HttpContext context)
    {
        var (status, wait) = ApiStatus(ApiRequests++);
        if (Token is not null && context.Request.Headers.Authorization != $"Bearer {Token}") (status, wait) = (401, null);
        if (status == 200) return false;
        context.Response.StatusCode = status;
        if (wait is not null) context.Response.Headers.RetryAfter = wait.ToString();
        await context.Response.WriteAsync("no");
        return true;
    }

    private async Task AnswerRevision(HttpContext context, string owner, string name)
    {
        if (await Refuse(context)) return;
        if (!Files.Keys.Any(path => path.StartsWith($"{owner}/{name}/", StringComparison.Ordinal))) context.Response.StatusCode = 404;
        else await context.Response.WriteAsJsonAsync(new { id = $"{owner}/{name}", sha = Commit });
    }

    /// <summary>One file a page, to test that pages are followed.</summary>
    private async Task AnswerTree(HttpContext context, string owner, string name)
    {
        if (await Refuse(context)) return;
        var prefix = $"{owner}/{name}/";
        var all = Files.Where(file => file.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(file => file.Key).ToArray();
        var at = int.TryParse(context.Request.Query["cursor"], out var cursor) ? cursor : 0;
        if (at + 1 < all.Length)
            context.Response.Headers.Link = $"<{context.Request.Path}?recursive=true&cursor={at + 1}>; rel=\"next\"";
        await context.Response.WriteAsJsonAsync(new[] { Describe(all[at].Key[prefix.Length..], all[at].Value) });
    }

    private static object Describe(string path, byte[] content) => content.Length >= LargeBytes
        ? new { type = "file", path, size = content.Length, oid = "0", lfs = new { oid = Sha256(content), size = content.Length } }
        : new { type = "file", path, size = content.Length, oid = GitBlob(content) };

    private static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static string GitBlob(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));

    private async Task AnswerFile(HttpContext context, string owner, string name, string path)
    {
        var range = context.Request.GetTypedHeaders().Range?.Ranges.Single();
        var request = new HubRequest($"{owner}/{name}/{path}", range?.From ?? 0, range is not null, context.Request.Headers.Authorization);
        Requests.Enqueue(request);
        var fault = Fault(request) ?? new HubFault();
        if (Token is not null && request.Token != $"Bearer {Token}") fault = fault with { Status = 401 };
        if (fault.RetryAfter is { } wait) context.Response.Headers.RetryAfter = wait.ToString();
        if (fault.Redirect is not null) context.Response.Redirect(fault.Redirect);
        else if (fault.Status is { } status) context.Response.StatusCode = status;
        else if (!Files.TryGetValue(request.Path, out var content)) context.Response.StatusCode = 404;
        else await Send(context.Response, content, fault.IgnoresRange ? null : range, fault);
    }

    private static async Task Send(HttpResponse response, byte[] content, RangeItemHeaderValue? range, HubFault fault)
    {
        var from = (int)(range?.From ?? 0) + fault.Shift;
        if (range is not null && from >= content.Length)
        {
            response.StatusCode = 416;
            response.Headers.ContentRange = $"bytes */{content.Length}";
            return;
        }

        var to = (int)Math.Min(content.Length, (range?.To ?? content.Length) + 1);
        if (range is not null)
        {
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {from}-{to - 1}/{fault.Size ?? content.Length}";
        }

        if (fault.ShortenTo is { } shorter) to = Math.Min(to, from + shorter);
        if (!fault.HidesLength) response.ContentLength = range is null && fault.Size is { } lie ? lie : to - from;
        await Write(response, fault.Corrupts ? new byte[to - from] : content[from..to], fault);
    }

    private static async Task Write(HttpResponse response, byte[] content, HubFault fault)
    {
        var most = Math.Min(content.Length, fault.CutAfter ?? fault.StallAfter ?? content.Length);
        for (var at = 0; at < most; at += BlockBytes)
        {
            await response.Body.WriteAsync(content.AsMemory(at, Math.Min(BlockBytes, most - at)));
            if (fault.Pace > TimeSpan.Zero) await Task.Delay(fault.Pace);
        }

        await response.Body.FlushAsync();
        if (fault.CutAfter < content.Length) response.HttpContext.Abort();
        if (fault.StallAfter < content.Length) await Task.Delay(Timeout.Infinite, response.HttpContext.RequestAborted);
    }
}
