using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Validation;

/// <summary>Reads a request's JSON body, whatever its Content-Type says.</summary>
internal static class BodyReader
{
    private const int MaxBytes = 10 << 20;
    private const int MaxDepth = 512;

    /// <summary>The body's object. The caller disposes of the document.</summary>
    /// <exception cref="ApiProblem">413, or 422 where it is absent, malformed or no object.</exception>
    public static async Task<JsonDocument> Read(HttpRequest request) => await ReadIfAny(request) ?? throw Absent();

    /// <summary>The body's object, or null where there is no body. The caller disposes of the document.</summary>
    /// <exception cref="ApiProblem">413, or 422 where it is malformed or no object.</exception>
    public static async Task<JsonDocument?> ReadIfAny(HttpRequest request)
    {
        var bytes = await ReadBytes(request);
        if (bytes.Length == 0) return null;
        var document = Parse(bytes);
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
        var options = new JsonDocumentOptions { MaxDepth = MaxDepth };
        try
        {
            return JsonDocument.Parse(bytes, options);
        }
        catch (JsonException problem)
        {
            if (NotANumber.Rewrite(bytes) is not { } rewritten) throw Malformed(bytes, problem);
            try
            {
                return JsonDocument.Parse(rewritten, options);
            }
            catch (JsonException)
            {
                throw Malformed(bytes, problem);
            }
        }
    }

    private static ApiProblem Absent() => ApiProblem.Invalid([new InvalidField("missing", ["body"], "Field required", null)]);

    private static ApiProblem Malformed(byte[] bytes, JsonException problem)
    {
        var line = problem.LineNumber ?? 0;
        var start = 0;
        for (; line > 0; line--) start = Array.IndexOf(bytes, (byte)'\n', start) + 1;
        var offset = Encoding.UTF8.GetCharCount(bytes, 0, (int)Math.Min(bytes.Length, start + (problem.BytePositionInLine ?? 0)));
        // What the parser says ends with the place, which the location gives already.
        var why = problem.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.', ' ');
        return ApiProblem.Invalid([new InvalidField("json_invalid", ["body", offset], "JSON decode error", "{}", JsonSerializer.Serialize(new { error = why }))]);
    }
}
