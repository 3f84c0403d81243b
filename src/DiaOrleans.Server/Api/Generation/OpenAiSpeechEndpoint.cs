using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>POST /v1/audio/speech, compatible with OpenAI's API; docs/api.md, OpenAI's speech route.</summary>
internal static class OpenAiSpeechEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/audio/speech", Speak);

    private static async Task Speak(
        HttpContext context,
        BodyReader bodies,
        SpeechResponder responder,
        RequestScripts scripts,
        ApiOptions options)
    {
        var query = context.Request.Query;
        var (request, asEvents) = await bodies.ReadIfAny(context.Request, fields => Read(fields ?? FieldReader.Query(query), options));
        if (string.IsNullOrWhiteSpace(request.Text)) throw ApiProblem.BadRequest("Input text is required");
        if (string.IsNullOrWhiteSpace(request.VoiceId)) throw NoVoice(request, scripts);
        if (asEvents) await responder.SendEvents(context, request);
        else await responder.Send(context, request);
    }

    /// <summary>The problem of a request without a voice; one of its text comes first.</summary>
    private static ApiProblem NoVoice(SpeechRequest request, RequestScripts scripts)
    {
        const string Detail = "Voice identifier is required (no default voices available)";
        return ApiProblem.BadRequest(scripts.TryRead(request, out _, out var problem) ? Detail : problem);
    }

    private static (SpeechRequest Request, bool AsEvents) Read(FieldReader fields, ApiOptions options)
    {
        var input = fields.OptionalString("input", RequestLimits.TextLength);
        var voice = fields.OptionalStringOrMember("voice", "id", int.MaxValue);
        var streamFormat = fields.OptionalChoice("stream_format", RequestLimits.StreamFormats);
        fields.OptionalString("model", RequestLimits.IgnoredLength);
        fields.OptionalString("instructions", RequestLimits.IgnoredLength);
        var request = new SpeechRequest
        {
            Text = input ?? "",
            VoiceId = VoiceId.Shorten(voice ?? ""),
            Format = AudioFormatField.Read(fields, options.DefaultFormat),
            Speed = GenerateRequestReader.ReadSpeed(fields),
            Seed = fields.OptionalInteger("seed"),
            SampleRate = GenerateRequestReader.ReadSampleRate(fields),
            NormalizeText = GenerateRequestReader.ReadNormalizeText(fields),
            Streamed = fields.BooleanOr("stream", false) | streamFormat is not null,
        };
        fields.ThrowIfInvalid();
        return (request, streamFormat == RequestLimits.EventStream);
    }
}
