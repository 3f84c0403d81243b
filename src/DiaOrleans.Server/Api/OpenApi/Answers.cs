using DiaOrleans.Audio.Formats;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.OpenApi;

/// <summary>Answers that several operations share.</summary>
internal static class Answers
{
    /// <summary>Media types of all audio formats.</summary>
    public static readonly IReadOnlyList<string> AudioTypes = [.. AudioFormats.All.Select(format => format.ContentType())];

    /// <summary>The errors of every operation that generates audio while the client waits.</summary>
    public static IReadOnlyList<Answer> GenerationProblems { get; } =
    [
        Problem(404, "Voice 'alan' not found. Available voices: ['anna', 'bob']"),
        Problem(429, "Server is busy, try again later") with
        {
            Description = "The queue is full. `Retry-After` is the number of seconds after which to try again.",
        },
        Problem(500, "Audio generation failed: the model had nothing to say"),
        Problem(503, "Worker pool not available") with
        {
            Description = "No model is loaded, or the server is stopping. `Retry-After` is the number of seconds after which to try again.",
        },
    ];

    public static Answer Ok(string description, object example) => new(200, description, example);

    /// <summary>An object whose keys are ids.</summary>
    public static Answer OkById(string description, object example) => new(200, description, example) { IsMap = true };

    /// <summary>An answer that is only a sentence.</summary>
    public static Answer Message(string description, string message) => Ok(description, new { message });

    public static Answer Audio(string description, params IReadOnlyList<string> types) => new(200, description) { MediaTypes = types };

    public static Answer Problem(int status, string detail) => new(status, detail, ApiJson.Serialize(new { detail }));

    /// <summary>A 422 for one field, as an example.</summary>
    public static Answer Invalid(string place, string field, string type = "missing", string message = "Field required") => new(
        422,
        "A field is absent, of the wrong type or out of range. Every field that fails is listed.",
        $$"""{"detail":[{"type":"{{type}}","loc":["{{place}}","{{field}}"],"msg":"{{message}}","input":null}]}""");
}
