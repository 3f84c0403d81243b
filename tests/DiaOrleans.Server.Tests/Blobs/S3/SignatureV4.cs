using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DiaOrleans.Server.Tests.Blobs.S3;

/// <summary>Checks AWS signatures of version 4, computed from the request as it arrived.</summary>
/// <param name="key">Name of the key.</param>
/// <param name="secret">Its secret.</param>
/// <param name="region">Name of the region.</param>
internal sealed class SignatureV4(string key, string secret, string region)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    private static readonly string[] AlwaysSigned = ["host", "x-amz-content-sha256", "x-amz-date"];

    /// <summary>What is wrong with a request's signature; null if it is right.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its body.</param>
    public string? FindFault(HttpRequest request, byte[] body)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Algorithm + " ", StringComparison.Ordinal)) return "no signature of version 4";
        var fields = header[(Algorithm.Length + 1)..].Split(',')
            .Select(field => field.Trim().Split('=', 2))
            .ToDictionary(field => field[0], field => field[1]);
        var stamp = request.Headers["x-amz-date"].ToString();
        var time = DateTimeOffset.ParseExact(stamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        if ((DateTimeOffset.UtcNow - time).Duration() > TimeSpan.FromMinutes(15)) return "the date is too far away";
        var scope = $"{stamp[..8]}/{region}/s3/aws4_request";
        if (fields["Credential"] != $"{key}/{scope}") return $"the credential is {fields["Credential"]}";
        var digest = request.Headers["x-amz-content-sha256"].ToString();
        if (digest != Hex(SHA256.HashData(body))) return "the digest is not that of the body";
        var signed = fields["SignedHeaders"].Split(';');
        if (AlwaysSigned.Except(signed).FirstOrDefault() is { } missing) return $"{missing} is not signed";
        if (request.Headers.Keys.FirstOrDefault(name => IsAmazon(name) && !signed.Contains(name.ToLowerInvariant())) is { } unsigned)
            return $"{unsigned} is not signed";
        var canonical = SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(request, signed, digest)));
        var text = string.Join('\n', Algorithm, stamp, scope, Hex(canonical));
        var signature = Hex(HMACSHA256.HashData(SigningKey(stamp[..8]), Encoding.UTF8.GetBytes(text)));
        return fields["Signature"] == signature ? null : "the signature does not match";
    }

    private static bool IsAmazon(string name) => name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase);

    private static string Canonical(HttpRequest request, string[] signed, string digest)
    {
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2);
        var query = (target.Length > 1 ? target[1] : "").Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Contains('=', StringComparison.Ordinal) ? part : part + "=")
            .Order(StringComparer.Ordinal);
        var headers = signed.Select(name => $"{name}:{request.Headers[name].ToString().Trim()}\n");
        return string.Join(
            '\n',
            request.Method,
            target[0],
            string.Join('&', query),
            string.Concat(headers),
            string.Join(';', signed),
            digest);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private byte[] SigningKey(string day)
    {
        var made = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in (string[])[day, region, "s3", "aws4_request"]) made = HMACSHA256.HashData(made, Encoding.UTF8.GetBytes(part));
        return made;
    }
}
