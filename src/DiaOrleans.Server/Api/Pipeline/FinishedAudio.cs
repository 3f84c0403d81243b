using System.Security.Cryptography;
using System.Text;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Blobs;
using Microsoft.Net.Http.Headers;

namespace DiaOrleans.Server.Api.Pipeline;

/// <summary>
/// Answers with audio that is finished: with its length, an ETag, and parts of it for the header Range, without which some players play
/// nothing.
/// </summary>
internal static class FinishedAudio
{
    /// <summary>The methods of its routes.</summary>
    public static readonly string[] Methods = ["GET", "HEAD"];

    /// <summary>Sends stored audio.</summary>
    /// <param name="context">Gets the header Content-Disposition.</param>
    /// <param name="audio">The whole audio. The result disposes of it.</param>
    /// <param name="format">Its format.</param>
    /// <param name="version">Names these bytes; other bytes at the same address have another one.</param>
    /// <param name="name">The name of the file without its extension.</param>
    public static IResult Send(
        HttpContext context,
        OpenBlob audio,
        AudioFormat format,
        string version,
        string name)
    {
        context.Response.Headers.ContentDisposition = Attachment.Format(name, format.Extension());
        var tag = MakeTag(version);
        return Results.Stream(audio.Content, format.ContentType(), entityTag: tag, enableRangeProcessing: CanSendParts(context.Request));
    }

    /// <summary>False for ranges in another unit, which are ignored: the library would take them for bytes.</summary>
    private static bool CanSendParts(HttpRequest request)
    {
        var range = request.Headers.Range.ToString();
        return range.Length == 0 || range.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase);
    }

    private static EntityTagHeaderValue MakeTag(string version) =>
        new($"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version)))[..32]}\"");
}
