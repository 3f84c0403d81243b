using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>Reads and checks the body and query of POST /generate; spec/api.md 2.1.</summary>
internal static class GenerateRequest
{
    private const int MaxCharacters = 4096;

    /// <exception cref="ApiProblem">422 with every field that fails.</exception>
    public static async Task<SpeechRequest> Read(HttpRequest http)
    {
        var query = FieldReader.Query(http.Query);
        var asynchronous = query.BooleanOr("async_mode", false);
        if (asynchronous) query.Fail("value_error", "async_mode", "Value error, background jobs are not available in this version; leave async_mode out and wait for the audio");
        using var body = await BodyReader.Read(http);
        var fields = FieldReader.Body(body.RootElement);
        var request = new SpeechRequest
        {
            Text = fields.RequiredString("text", MaxCharacters),
            VoiceId = fields.RequiredString("voice_id"),
            Format = fields.StringOr("response_format", "wav").ToLowerInvariant(),
            Speed = fields.NumberOr("speed", 1, 0.25, 4),
            Role = fields.OptionalString("role"),
            Temperature = fields.OptionalNumber("temperature", 0.1, 2),
            CfgScale = fields.OptionalNumber("cfg_scale", 1, 10),
            TopP = fields.OptionalNumber("top_p", 0, 1),
            MaxTokens = (int?)fields.OptionalInteger("max_tokens", 100, 10000),
            UseTorchCompile = fields.OptionalBoolean("use_torch_compile"),
            Seed = fields.OptionalInteger("seed"),
            SampleRate = (int?)fields.OptionalInteger("sample_rate", 8000, 48000),
        };
        if (request.Format != "wav") fields.Fail("enum", "response_format", "Input should be 'wav'", """{"expected":"'wav'"}""");
        if (request.Speed is >= 0.25 and <= 4 and not 1) fields.Fail("value_error", "speed", "Value error, only speed 1.0 is available in this version");
        fields.ThrowIfInvalid(query);
        return request;
    }
}
