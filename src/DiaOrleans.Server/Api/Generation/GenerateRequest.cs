using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>Reads and checks the body and query of POST /generate; spec/api.md 2.1.</summary>
internal static class GenerateRequest
{
    public const int MaxCharacters = 4096;

    /// <summary>Of a voice's id and of a role: any string is accepted, and no voice has so long an id.</summary>
    public const int MaxNameCharacters = 4096;

    private const int LowestRate = 8000;
    private const int HighestRate = 48000;

    /// <exception cref="ApiProblem">422 with every field that fails.</exception>
    public static async Task<(SpeechRequest Request, bool InBackground)> Read(HttpRequest http, BodyReader bodies)
    {
        var query = FieldReader.Query(http.Query);
        var inBackground = query.BooleanOr("async_mode", false);
        return (await bodies.Read(http, fields => From(fields, query)), inBackground);
    }

    public static double Speed(FieldReader fields) => fields.NumberOr("speed", 1, 0.25, 4);

    public static int? SampleRate(FieldReader fields) => (int?)fields.OptionalInteger("sample_rate", LowestRate, HighestRate);

    private static SpeechRequest From(FieldReader fields, FieldReader query)
    {
        var request = new SpeechRequest
        {
            Text = fields.RequiredString("text", MaxCharacters),
            VoiceId = fields.RequiredString("voice_id", MaxNameCharacters),
            Format = AudioFormatField.Read(fields, "wav"),
            Speed = Speed(fields),
            Role = fields.OptionalString("role", MaxNameCharacters),
            Temperature = fields.OptionalNumber("temperature", 0.1, 2),
            CfgScale = fields.OptionalNumber("cfg_scale", 1, 10),
            TopP = fields.OptionalNumber("top_p", 0, 1),
            MaxTokens = (int?)fields.OptionalInteger("max_tokens", 100, 10000),
            UseTorchCompile = fields.OptionalBoolean("use_torch_compile"),
            Seed = fields.OptionalInteger("seed"),
            SampleRate = SampleRate(fields),
        };
        fields.ThrowIfInvalid(query);
        return request;
    }
}
