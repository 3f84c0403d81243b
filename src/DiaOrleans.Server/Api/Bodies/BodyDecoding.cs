using System.IO.Compression;
using DiaOrleans.Server.Api.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.RequestDecompression;

namespace DiaOrleans.Server.Api.Bodies;

/// <summary>Decodes request bodies by their Content-Encoding, while they are read; docs/api.md, Ground rules.</summary>
internal sealed class BodyDecoding(IRequestDecompressionProvider decoders)
{
    private const string Accepted = "gzip, deflate, br";
    private const string None = "identity";
    private const int MaxShown = 64;

    /// <summary>Replaces the body by the decoded one.</summary>
    /// <exception cref="ApiProblem">415: the encoding is none of those that are accepted.</exception>
    public async Task Decode(HttpContext context, RequestDelegate next)
    {
        var name = context.Request.Headers.ContentEncoding.ToString().Trim();
        var hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;
        if (!hasBody || name.Length == 0 || name.Equals(None, StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        if (decoders.GetDecompressionStream(context) is not { } decoded)
        {
            context.Response.Headers.AcceptEncoding = Accepted;
            throw ApiProblem.UnknownEncoding(name.Length <= MaxShown ? name : name[..MaxShown] + "…");
        }

        await using var body = new DecodedBody(decoded, name);
        context.Request.Body = body;
        // It is the length of the encoded body.
        context.Request.ContentLength = null;
        await next(context);
    }

    /// <summary>A name of gzip that RFC 9110 still allows.</summary>
    internal sealed class OldGzip : IDecompressionProvider
    {
        public const string Name = "x-gzip";

        public Stream GetDecompressionStream(Stream stream) => new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
    }
}

/// <summary>Registers <see cref="BodyDecoding"/>.</summary>
internal static class BodyDecodingServices
{
    public static IServiceCollection AddBodyDecoding(this IServiceCollection services)
    {
        services.AddRequestDecompression(options =>
            options.DecompressionProviders.Add(BodyDecoding.OldGzip.Name, new BodyDecoding.OldGzip()));
        return services.AddSingleton<BodyDecoding>();
    }
}
