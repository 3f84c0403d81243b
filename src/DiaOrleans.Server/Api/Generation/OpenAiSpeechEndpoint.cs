using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>POST /v1/audio/speech as OpenAI's clients send it; spec/api.md 2.2.</summary>
internal static class OpenAiSpeechEndpoint
{
    private const string AudioChunks = "audio";
    private const string Events = "sse";
    private const int MaxIgnoredCharacters = 4096;

    /// <summary>Only under /v1.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/audio/speech", Speak);

    private static async Task Speak(HttpContext context, BodyReader bodies, SpeechResponder responder, ApiOptions options)
    {
        var query = context.Request.Query;
        var (request, inEvents) = await bodies.ReadIfAny(context.Request, fields => Read(fields ?? FieldReader.Query(query), options));
        if (ScriptText.Clean(request.Text).Length == 0)
            throw ApiProblem.BadRequest(string.IsNullOrWhiteSpace(request.Text) ? "Input text is required" : "Text cannot be empty");
        if (string.IsNullOrWhiteSpace(request.VoiceId))
            throw ApiProblem.BadRequest("Voice identifier is required (no default voices available)");
        if (inEvents) await responder.SendEvents(context, request);
        else await responder.Send(context, request);
    }

    private static (SpeechRequest Request, bool InEvents) Read(FieldReader fields, ApiOptions options)
    {
        var input = fields.OptionalString("input", GenerateRequest.MaxCharacters);
        var voice = fields.OptionalStringOrMember("voice", "id", GenerateRequest.MaxNameCharacters);
        var streamFormat = StreamFormat(fields);
        fields.OptionalString("model", MaxIgnoredCharacters);
        fields.OptionalString("instructions", MaxIgnoredCharacters);
        var request = new SpeechRequest
        {
            Text = input ?? "",
            VoiceId = voice ?? "",
            Format = AudioFormatField.Read(fields, options.DefaultFormat),
            Speed = GenerateRequest.Speed(fields),
            Seed = fields.OptionalInteger("seed"),
            SampleRate = GenerateRequest.SampleRate(fields),
            Streamed = fields.BooleanOr("stream", false) | streamFormat is not null,
        };
        fields.ThrowIfInvalid();
        return (request, streamFormat == Events);
    }

    private static string? StreamFormat(FieldReader fields)
    {
        const string Name = "stream_format";
        var sent = fields.OptionalString(Name);
        if (sent is null or AudioChunks or Events) return sent;
        fields.Fail("enum", Name, "Input should be 'audio' or 'sse'", """{"expected":"'audio' or 'sse'"}""");
        return null;
    }
}
