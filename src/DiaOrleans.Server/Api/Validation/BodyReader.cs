using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>Reads a request's JSON body, whatever its Content-Type says.</summary>
internal static class BodyReader
{
    private const int MaxBytes = 10 << 20;

    /// <summary>The body's object. The caller disposes of the document.</summary>
    /// <exception cref="ApiProblem">413, or 422 where it is absent, malformed or no object.</exception>
    public static async Task<JsonDocument> Read(HttpRequest request) => await ReadIfAny(request) ?? throw Absent();

    /// <summary>The body's object, or null where there is no body. The caller disposes of the document.</summary>
    /// <exception cref="ApiProblem">413, or 422 where it is malformed or no object.</exception>
    public static async Task<JsonDocument?> ReadIfAny(HttpRequest request)
    {
        var bytes = await ReadBytes(request);
        if (bytes.Length == 0) return null;
        var document = Parse(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes);
        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        using (document)
        {
            if (document.RootElement.ValueKind == JsonValueKind.Null) return null;
            throw ApiProblem.Invalid([
                new InvalidField("model_attributes_type", ["body"], "Input should be a valid dictionary or object to extract fields from", Echo.Of(document.RootElement)),
            ]);
        }
    }

    private static async Task<byte[]> ReadBytes(HttpRequest request)
    {
        if (request.ContentLength > MaxBytes) throw ApiProblem.BodyTooLarge();
        using var body = new MemoryStream();
        var block = new byte[16384];
        int read;
        while ((read = await request.Body.ReadAsync(block, request.HttpContext.RequestAborted)) > 0)
        {
            if (body.Length + read > MaxBytes) throw ApiProblem.BodyTooLarge();
            body.Write(block, 0, read);
        }

        return body.ToArray();
    }

    private static JsonDocument Parse(byte[] bytes)
    {
        var options = new JsonDocumentOptions { MaxDepth = MalformedJson.MaxDepth };
        try
        {
            return JsonDocument.Parse(bytes, options);
        }
        catch (JsonException problem)
        {
            if (NotANumber.Rewrite(bytes) is not { } rewritten) throw MalformedJson.Problem(bytes, problem);
            try
            {
                return JsonDocument.Parse(rewritten, options);
            }
            catch (JsonException)
            {
                throw MalformedJson.Problem(bytes, problem);
            }
        }
    }

    private static ApiProblem Absent() => ApiProblem.Invalid([new InvalidField("missing", ["body"], "Field required", null)]);
}
