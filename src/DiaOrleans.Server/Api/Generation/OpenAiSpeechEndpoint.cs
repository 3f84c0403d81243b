using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>POST /v1/audio/speech, compatible with OpenAI's API; spec/api.md 2.2.</summary>
internal static class OpenAiSpeechEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/audio/speech", Speak);

    private static async Task Speak(
        HttpContext context,
        BodyReader bodies,
        SpeechResponder responder,
        ApiOptions options)
    {
        var query = context.Request.Query;
        var (request, asEvents) = await bodies.ReadIfAny(context.Request, fields => Read(fields ?? FieldReader.Query(query), options));
        if (ScriptText.Clean(request.Text).Length == 0)
            throw ApiProblem.BadRequest(string.IsNullOrWhiteSpace(request.Text) ? "Input text is required" : "Text cannot be empty");
        if (string.IsNullOrWhiteSpace(request.VoiceId))
            throw ApiProblem.BadRequest("Voice identifier is required (no default voices available)");
        if (asEvents) await responder.SendEvents(context, request);
        else await responder.Send(context, request);
    }

    private static (SpeechRequest Request, bool AsEvents) Read(FieldReader fields, ApiOptions options)
    {
        var input = fields.OptionalString("input", RequestLimits.TextLength);
        var voice = fields.OptionalStringOrMember("voice", "id", RequestLimits.NameLength);
        var streamFormat = fields.OptionalChoice("stream_format", RequestLimits.StreamFormats);
        fields.OptionalString("model", RequestLimits.IgnoredLength);
        fields.OptionalString("instructions", RequestLimits.IgnoredLength);
        var request = new SpeechRequest
        {
            Text = input ?? "",
            VoiceId = voice ?? "",
            Format = AudioFormatField.Read(fields, options.DefaultFormat),
            Speed = GenerateRequestReader.ReadSpeed(fields),
            Seed = fields.OptionalInteger("seed"),
            SampleRate = GenerateRequestReader.ReadSampleRate(fields),
            Streamed = fields.BooleanOr("stream", false) | streamFormat is not null,
        };
        fields.ThrowIfInvalid();
        return (request, streamFormat == RequestLimits.EventStream);
    }
}
