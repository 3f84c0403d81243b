using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Status;

/// <summary>The lists of models and voices in the shapes that other clients expect; docs/api.md, Generation.3 and 6.1.</summary>
internal static class ListingEndpoints
{
    private const string Model = "dia";

    /// <summary>The day on which Dia 1.6B was published, in Unix seconds.</summary>
    private const long Published = 1_745_193_600;

    private const string Description =
        "Text-to-speech for dialogue: speakers in turn, non-verbal sounds, voices continued from a recording.";

    /// <summary>The JSON of /models.</summary>
    public static readonly object Models = new { models = new[] { new { id = Model, name = "Dia TTS", description = Description } } };

    /// <summary>The JSON of /v1/models/dia.</summary>
    public static readonly object OpenAiModel = new { id = Model, @object = "model", created = Published, owned_by = "nari-labs" };

    /// <summary>The JSON of /v1/models.</summary>
    public static readonly object OpenAiModels = new { @object = "list", data = new[] { OpenAiModel } };

    /// <summary>The JSON of /audio/models: clients read the ids; the web page reads the formats and the longest text too.</summary>
    public static readonly object AudioModels = new
    {
        models = new[]
        {
            new { id = Model, response_formats = RequestLimits.FormatNames, max_input_characters = RequestLimits.TextLength },
        },
    };

    /// <summary>Maps the routes that are the same bare and under /v1.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/tts/speakers", ListSpeakers);
        routes.MapGet("/audio/models", ListAudioModels);
        routes.MapGet("/audio/voices", ListVoices);
    }

    /// <summary>Maps /models, which has another shape than /v1/models.</summary>
    public static void MapBare(IEndpointRouteBuilder routes) => routes.MapGet("/models", ListModels);

    /// <summary>Maps the routes that exist under /v1 only.</summary>
    public static void MapOpenAi(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/models", ListOpenAiModels);
        routes.MapGet("/models/{model_id}", GetOpenAiModel);
    }

    private static IResult ListModels() => ApiJson.Ok(Models);

    private static IResult ListOpenAiModels() => ApiJson.Ok(OpenAiModels);

    private static IResult ListAudioModels() => ApiJson.Ok(AudioModels);

    private static IResult GetOpenAiModel(HttpContext context)
    {
        var id = RouteParameter.Read(context, "model_id");
        return id == Model ? ApiJson.Ok(OpenAiModel) : throw ApiProblem.NotFound($"Model {Quoted.Name(id)} not found", "model_not_found");
    }

    private static async Task<IResult> ListVoices(VoiceReads voices) => ApiJson.Ok(FormatVoices(await voices.ListIds()));

    /// <summary>The JSON of /audio/voices.</summary>
    public static object FormatVoices(IReadOnlyList<string> ids) => new { voices = ids.Select(id => new { id, name = id }) };

    private static async Task<IResult> ListSpeakers(VoiceReads voices) => ApiJson.Ok(await voices.ListIds());
}
