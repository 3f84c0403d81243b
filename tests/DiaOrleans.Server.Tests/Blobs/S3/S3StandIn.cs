using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Server.Tests.Blobs.S3;

/// <summary>What a test lets the stand-in do with a request; null answers it as usual.</summary>
internal delegate Fault? Misbehave(string method, string key, int number);

/// <summary>An answer that is not the usual one.</summary>
/// <param name="Status">Status of an error; 0 sends the usual answer, but not all of it.</param>
/// <param name="Code">Code of the error.</param>
/// <param name="SentBytes">Bytes of the content that are sent before the connection is broken off.</param>
internal sealed record Fault(int Status, string Code = "", int SentBytes = 0);

/// <summary>
/// One bucket of a store that speaks S3's protocol, on a port of this machine: it checks signatures, lists in pages, knows ranges and
/// conditions, and fails on demand.
/// </summary>
internal sealed class S3StandIn : IAsyncDisposable
{
    public const string Key = "stand-in-key";
    public const string Secret = "stand-in/secret+1";
    public const string Region = "eu-test-1";
    public const string Bucket = "dia.blobs";

    /// <summary>Objects in a page of a list.</summary>
    public const int PageSize = 3;

    private readonly ConcurrentDictionary<string, Stored> _objects = new();
    private readonly SignatureV4 _signatures = new(Key, Secret, Region);
    private WebApplication _app = null!;
    private int _number;

    private S3StandIn()
    {
    }

    public string Address => _app.Urls.Single();

    public Misbehave Misbehave { get; set; } = (_, _, _) => null;

    /// <summary>Tags are not the MD5 of the content, as in Amazon's store, but look like it.</summary>
    public bool HasOtherTags { get; set; }

    /// <summary>Method, key, and the header Range of each request.</summary>
    public ConcurrentQueue<(string Method, string Key, string Range)> Requests { get; } = new();

    public IEnumerable<string> Keys => _objects.Keys;

    /// <summary>What was wrong with signatures.</summary>
    public ConcurrentQueue<string> WrongSignatures { get; } = new();

    public static async Task<S3StandIn> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new S3StandIn { _app = builder.Build() };
        server._app.Run(server.Answer);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Stores an object as another program would.</summary>
    public void Put(string key, byte[] content)
    {
        var digest = HasOtherTags ? SHA256.HashData(content)[..16] : MD5.HashData(content);
        _objects[key] = new Stored(content, DateTime.UtcNow, $"\"{Convert.ToHexStringLower(digest)}\"");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        var request = context.Request;
        var content = new MemoryStream();
        await request.Body.CopyToAsync(content);
        var path = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0].Split('/', 3);
        var key = path.Length > 2 ? Uri.UnescapeDataString(path[2]) : "";
        Requests.Enqueue((request.Method, key, request.Headers.Range.ToString()));
        if (_signatures.FindFault(request, content.ToArray()) is { } fault)
        {
            WrongSignatures.Enqueue(fault);
            await Refuse(context, 403, "SignatureDoesNotMatch");
            return;
        }

        if (Uri.UnescapeDataString(path[1]) != Bucket) await Refuse(context, 404, "NoSuchBucket");
        else if (Misbehave(request.Method, key, Interlocked.Increment(ref _number)) is { } wanted) await Fail(context, key, wanted);
        else await Serve(context, key, content.ToArray());
    }

    private async Task Fail(HttpContext context, string key, Fault fault)
    {
        if (fault.Status > 0)
        {
            await Refuse(context, fault.Status, fault.Code);
            return;
        }

        if (!_objects.TryGetValue(key, out var stored)) throw new InvalidOperationException($"There is no {key} to break off.");
        var from = FindRange(context.Request)?.From ?? 0;
        Describe(context.Response, stored);
        context.Response.ContentLength = stored.Content.Length - from;
        context.Response.StatusCode = from > 0 ? 206 : 200;
        await context.Response.Body.WriteAsync(stored.Content.AsMemory((int)from, fault.SentBytes));
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private Task Serve(HttpContext context, string key, byte[] content) => context.Request.Method switch
    {
        "PUT" => Store(context, key, content),
        "GET" when key.Length == 0 => List(context),
        "GET" or "HEAD" => Send(context, key),
        "DELETE" => Remove(context, key),
        _ => Refuse(context, 405, "MethodNotAllowed"),
    };

    private Task Store(HttpContext context, string key, byte[] content)
    {
        if (context.Request.Headers.ContentEncoding.Count > 0) return Refuse(context, 501, "NotImplemented");
        Put(key, content);
        context.Response.Headers.ETag = _objects[key].Tag;
        return Task.CompletedTask;
    }

    private Task Remove(HttpContext context, string key)
    {
        _objects.TryRemove(key, out _);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private async Task Send(HttpContext context, string key)
    {
        var response = context.Response;
        if (!_objects.TryGetValue(key, out var stored))
        {
            await Refuse(context, 404, "NoSuchKey");
            return;
        }

        if (context.Request.Headers.IfMatch.ToString() is { Length: > 0 } wanted && wanted != stored.Tag)
        {
            await Refuse(context, 412, "PreconditionFailed");
            return;
        }

        Describe(response, stored);
        var sent = stored.Content.AsMemory();
        if (FindRange(context.Request) is { From: { } from, To: { } to })
        {
            sent = sent[(int)from..((int)to + 1)];
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {from}-{to}/{stored.Content.Length}";
        }

        response.ContentLength = sent.Length;
        if (context.Request.Method == "GET") await response.Body.WriteAsync(sent);
    }

    private async Task List(HttpContext context)
    {
        var query = context.Request.Query;
        if (query["list-type"] != "2") throw new InvalidOperationException("This list is not of version 2.");
        var encode = query["encoding-type"] == "url";
        var prefix = query["prefix"].ToString();
        var after = query["continuation-token"].ToString();
        var keys = _objects.Keys
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal)
            .ToArray();
        var start = after.Length > 0 ? int.Parse(after[5..], CultureInfo.InvariantCulture) : 0;
        var page = keys.Skip(start).Take(PageSize).ToArray();
        var text = new StringBuilder("""<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">""");
        text.Append(CultureInfo.InvariantCulture, $"<Name>{Bucket}</Name><Prefix>{prefix}</Prefix><KeyCount>{page.Length}</KeyCount>");
        text.Append(CultureInfo.InvariantCulture, $"<MaxKeys>{PageSize}</MaxKeys>{(encode ? "<EncodingType>url</EncodingType>" : "")}");
        var isCut = start + PageSize < keys.Length;
        var next = isCut ? $"<NextContinuationToken>page={start + PageSize}</NextContinuationToken>" : "";
        text.Append(CultureInfo.InvariantCulture, $"<IsTruncated>{(isCut ? "true" : "false")}</IsTruncated>{next}");
        foreach (var key in page)
        {
            var stored = _objects[key];
            var name = SecurityElement.Escape(encode ? Uri.EscapeDataString(key) : key);
            text.Append(CultureInfo.InvariantCulture, $"<Contents><Key>{name}</Key><Size>{stored.Content.Length}</Size>");
            text.Append(CultureInfo.InvariantCulture, $"<LastModified>{stored.At:yyyy-MM-dd'T'HH:mm:ss}.000Z</LastModified>");
            text.Append(CultureInfo.InvariantCulture, $"<ETag>{SecurityElement.Escape(stored.Tag)}</ETag></Contents>");
        }

        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(text.Append("</ListBucketResult>").ToString());
    }

    private static void Describe(HttpResponse response, Stored stored)
    {
        response.Headers.ETag = stored.Tag;
        response.Headers.LastModified = stored.At.ToString("R", CultureInfo.InvariantCulture);
        response.ContentType = "application/octet-stream";
    }

    private static (long? From, long? To)? FindRange(HttpRequest request) =>
        request.GetTypedHeaders().Range is { } range ? (range.Ranges.Single().From, range.Ranges.Single().To) : null;

    private static Task Refuse(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        if (context.Request.Method == "HEAD") return Task.CompletedTask;
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync($"<Error><Code>{code}</Code><Message>Refused by the test.</Message></Error>");
    }

    private sealed record Stored(byte[] Content, DateTime At, string Tag);
}
