using System.Text.Json;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>Answers that many operations have.</summary>
internal static class Answers
{
    public static readonly string[] AudioTypes = ["audio/wav", "audio/mpeg", "audio/ogg", "audio/aac", "audio/flac", "audio/pcm"];

    public static Answer Ok(string description, string example) => new(200, description, example);

    public static Answer OkById(string description, string example) => new(200, description, example) { IsMap = true };

    public static Answer Audio(string description, params string[] types) => new(200, description) { MediaTypes = types };

    public static Answer Problem(int status, string detail) => new(status, detail, $$"""{"detail":{{JsonSerializer.Serialize(detail, Readable)}}}""");

    public static Answer Invalid(string place, string field, string type = "missing", string message = "Field required") => new(
        422,
        "A field is absent, of the wrong type or out of range. Every field that fails is listed.",
        $$"""{"detail":[{"type":"{{type}}","loc":["{{place}}","{{field}}"],"msg":"{{message}}","input":null}]}""");

    /// <summary>What can go wrong with any generation that a client waits for.</summary>
    public static Answer[] OfGeneration =>
    [
        Problem(404, "Voice 'alan' not found. Available voices: ['anna', 'bob']"),
        Problem(429, "Server is busy, try again later") with { Description = "The queue is full. `Retry-After` says when to come back, in seconds." },
        Problem(500, "Audio generation failed: the model had nothing to say"),
        Problem(503, "Worker pool not available") with { Description = "No model is loaded, or the server is stopping. `Retry-After` says when to come back, in seconds." },
    ];

    private static readonly JsonSerializerOptions Readable = new() { Encoder = global::System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
