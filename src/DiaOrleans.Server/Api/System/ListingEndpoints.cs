using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.System;

/// <summary>Which models and voices there are, for clients that ask in other ways than our own; spec/api.md 2.3 and 6.1.</summary>
internal static class ListingEndpoints
{
    private const string Model = "dia";

    // When Dia 1.6B was published, in Unix seconds.
    private const long Published = 1_745_193_600;

    private static readonly object OpenAiModel = new { id = Model, @object = "model", created = Published, owned_by = "nari-labs" };

    /// <summary>Routes that are the same bare and under /v1.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/tts/speakers", Speakers);

    /// <summary>/v1/models has another shape than this.</summary>
    public static void MapBare(IEndpointRouteBuilder routes) => routes.MapGet("/models", () => ApiJson.Ok(new
    {
        models = new[] { new { id = Model, name = "Dia TTS", description = "Text-to-speech for dialogue: speakers in turn, non-verbal sounds, voices continued from a recording." } },
    }));

    /// <summary>Routes that are only under /v1.</summary>
    public static void MapOpenAi(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/models", () => ApiJson.Ok(new { @object = "list", data = new[] { OpenAiModel } }));
        routes.MapGet("/models/{model_id}", OneModel);
        routes.MapGet("/audio/models", () => ApiJson.Ok(new { models = new[] { new { id = Model } } }));
        routes.MapGet("/audio/voices", Voices);
    }

    private static IResult OneModel(HttpContext context)
    {
        var id = RouteText.Of(context, "model_id");
        return id == Model ? ApiJson.Ok(OpenAiModel) : throw ApiProblem.NotFound($"Model {Quoted.Name(id)} not found", "model_not_found");
    }

    private static async Task<IResult> Voices(IGrainFactory grains)
    {
        var ids = await Catalog(grains).ListIds();
        return ApiJson.Ok(new { voices = ids.Select(id => new { id, name = id }) });
    }

    private static async Task<IResult> Speakers(IGrainFactory grains) => ApiJson.Ok(await Catalog(grains).ListIds());

    private static IVoiceCatalogGrain Catalog(IGrainFactory grains) => grains.GetGrain<IVoiceCatalogGrain>(0);
}
