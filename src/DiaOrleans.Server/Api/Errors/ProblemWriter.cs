using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DiaOrleans.Server.Api.Errors;

/// <summary>
/// Writes an error as JSON: <c>detail</c>, and on the paths of OpenAI's clients their <c>error</c> object too; docs/api.md, Errors.
/// </summary>
internal static class ProblemWriter
{
    private static readonly string[] OpenAiPaths = ["/v1", "/audio"];

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task Write(HttpContext context, ApiProblem problem)
    {
        context.Response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } wait) context.Response.Headers.RetryAfter = FormatSeconds(wait);
        return Write(context, problem.Message, problem.Fields, problem.Code);
    }

    /// <summary>Writes the body for the status that the response already has.</summary>
    public static Task Write(HttpContext context, string detail) => Write(context, detail, [], null);

    private static async Task Write(HttpContext context, string detail, IReadOnlyList<InvalidField> fields, string? code)
    {
        // An endpoint may have set it before it failed.
        context.Response.Headers.ContentDisposition = default;
        if (context.Response.StatusCode == 408) context.Response.Headers.Connection = "close";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            if (fields.Count == 0)
            {
                json.WriteString("detail", detail);
            }
            else
            {
                json.WriteStartArray("detail");
                foreach (var field in fields) field.Write(json);
                json.WriteEndArray();
            }

            if (Array.Exists(OpenAiPaths, path => context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal)))
                WriteOpenAi(json, context.Response.StatusCode, detail, fields, code);
            json.WriteEndObject();
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    private static void WriteOpenAi(Utf8JsonWriter json, int status, string message, IReadOnlyList<InvalidField> fields, string? code)
    {
        json.WriteStartObject("error");
        json.WriteString("message", message);
        json.WriteString("type", GetOpenAiType(status));
        json.WriteString("param", fields.Count > 0 ? fields[0].Name : null);
        json.WriteString("code", code);
        json.WriteEndObject();
    }

    private static string GetOpenAiType(int status) => status switch
    {
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    /// <summary>Whole seconds, 1 or more.</summary>
    private static string FormatSeconds(TimeSpan wait) =>
        Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
