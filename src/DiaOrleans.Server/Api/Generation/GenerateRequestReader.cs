using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;
using DiaOrleans.Server.Api.Voices;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>Reads and checks the body and query of POST /generate; docs/api.md, Generation.</summary>
internal static class GenerateRequestReader
{
    private const string DefaultFormat = "wav";

    /// <exception cref="ApiProblem">422 with every field that fails.</exception>
    public static async Task<(SpeechRequest Request, bool InBackground)> Read(HttpRequest http, BodyReader bodies)
    {
        var query = FieldReader.Query(http.Query);
        var inBackground = query.BooleanOr("async_mode", false);
        var request = await bodies.Read(http, fields => ReadFields(fields, query));
        return (inBackground ? request with { Streamed = false } : request, inBackground);
    }

    /// <summary>The field <c>speed</c>.</summary>
    public static double ReadSpeed(FieldReader fields) => fields.NumberOr("speed", 1, RequestLimits.Speed);

    /// <summary>The field <c>sample_rate</c>, Hz.</summary>
    public static int? ReadSampleRate(FieldReader fields) => (int?)fields.OptionalInteger("sample_rate", RequestLimits.SampleRate);

    /// <summary>The field <c>normalize_text</c>; null if it is not sent.</summary>
    public static bool? ReadNormalizeText(FieldReader fields) => fields.OptionalBoolean("normalize_text");

    private static SpeechRequest ReadFields(FieldReader fields, FieldReader query)
    {
        var request = new SpeechRequest
        {
            Text = fields.RequiredString("text", RequestLimits.TextLength),
            VoiceId = VoiceIds.Read(fields),
            Format = AudioFormatField.Read(fields, DefaultFormat),
            Speed = ReadSpeed(fields),
            Role = fields.OptionalString("role", RequestLimits.RoleLength),
            Temperature = fields.OptionalNumber("temperature", RequestLimits.Temperature),
            CfgScale = fields.OptionalNumber("cfg_scale", RequestLimits.CfgScale),
            TopP = fields.OptionalNumber("top_p", RequestLimits.TopP),
            MaxTokens = (int?)fields.OptionalInteger("max_tokens", RequestLimits.MaxTokens),
            UseTorchCompile = fields.OptionalBoolean("use_torch_compile"),
            Seed = fields.OptionalInteger("seed"),
            SampleRate = ReadSampleRate(fields),
            Streamed = fields.BooleanOr("stream", false),
            NormalizeText = ReadNormalizeText(fields),
        };
        fields.ThrowIfInvalid(query);
        return request;
    }
}
