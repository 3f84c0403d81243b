using System.Diagnostics.CodeAnalysis;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Disk;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Voices;

/// <summary>The routes that list, create, change and delete voices; docs/api.md, Voices.</summary>
internal static class VoiceEndpoints
{
    private const string Route = "voice_mappings";
    private const string DefaultStyle = "neutral";
    private const string DefaultSpeaker = "S1";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/voices", List);
        routes.MapGet($"/{Route}", ListSettings);
        DiskGuard.Protect(routes.MapPost($"/{Route}", Create));
        DiskGuard.Protect(routes.MapPut($"/{Route}/{{voice_id}}", Update));
        routes.MapDelete($"/{Route}/{{voice_id}}", Delete);
    }

    private static async Task<IResult> List(HttpContext context, VoiceReads reads) =>
        ApiJson.Ok(VoiceView.FromList(await reads.List(), context.Request.PathBase));

    private static async Task<IResult> ListSettings(VoiceReads reads) => ApiJson.Ok(VoiceView.ById(await reads.List()));

    private static async Task<IResult> Create(HttpContext context, BodyReader bodies, IGrainFactory grains, CatalogOptions catalog)
    {
        var (id, change) = await bodies.Read(context.Request, fields =>
        {
            var voice = (VoiceIds.ReadNew(fields), ReadChange(fields));
            fields.ThrowIfInvalid();
            return voice;
        });
        if (string.IsNullOrWhiteSpace(id)) throw ApiProblem.BadRequest("voice_id is required");
        var settings = await grains.GetGrain<IVoiceGrain>(id).Put(new VoiceSettings(
            ReplaceBlank(change.Style, DefaultStyle),
            ReplaceBlank(change.PrimarySpeaker, DefaultSpeaker),
            change.AudioPrompt,
            change.AudioPromptTranscript));
        if (settings is null)
            throw ApiProblem.Full($"There are {catalog.MaxVoices} voices, which is the limit: delete some, or raise MaxVoices");
        return ApiJson.Ok(VoiceView.Created(id, settings));
    }

    private static async Task<IResult> Update(HttpContext context, BodyReader bodies, IGrainFactory grains)
    {
        var id = RouteParameter.Read(context, VoiceIds.Parameter);
        var change = await bodies.Read(context.Request, fields =>
        {
            var sent = ReadChange(fields);
            fields.ThrowIfInvalid();
            return sent with { Style = ReplaceBlank(sent.Style, null), PrimarySpeaker = ReplaceBlank(sent.PrimarySpeaker, null) };
        });
        var settings = VoiceId.CanExist(id) ? await grains.GetGrain<IVoiceGrain>(id).Update(change) : null;
        if (settings is null) throw NotFound(id);
        return ApiJson.Ok(VoiceView.Updated(id, settings));
    }

    private static async Task<IResult> Delete(HttpContext context, IGrainFactory grains)
    {
        var id = RouteParameter.Read(context, VoiceIds.Parameter);
        if (!VoiceId.CanExist(id) || !await grains.GetGrain<IVoiceGrain>(id).Delete()) throw NotFound(id);
        return ApiJson.Ok(new { message = $"Voice '{id}' deleted successfully" });
    }

    private static VoiceChange ReadChange(FieldReader fields) => new(
        fields.OptionalString("style", RequestLimits.WordLength),
        fields.OptionalString("primary_speaker", RequestLimits.WordLength),
        fields.OptionalString("audio_prompt", RequestLimits.PromptIdLength) is { } prompt ? PromptId.Normalise(prompt) : null,
        fields.OptionalString("audio_prompt_transcript"));

    [return: NotNullIfNotNull(nameof(absent))]
    private static string? ReplaceBlank(string? sent, string? absent) => string.IsNullOrWhiteSpace(sent) ? absent : sent;

    private static ApiProblem NotFound(string id) => ApiProblem.NotFound($"Voice {Quoted.Name(id)} not found", "voice_not_found");
}
