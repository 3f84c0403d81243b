using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Disk;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>The routes that list, discover and delete audio prompts; docs/api.md, Audio prompts.</summary>
internal static class PromptEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/audio_prompts", List);
        routes.MapDelete("/audio_prompts/{id}", Delete);
        routes.MapMethods("/audio_prompts/{id}/audio", FinishedAudio.Methods, GetAudio);
        routes.MapGet("/audio_prompts/metadata", ListMetadata);
        routes.MapGet("/audio_prompts/metadata/{id}", GetMetadata);
        DiskGuard.Protect(routes.MapPost("/audio_prompts/discover", Discover));
    }

    private static async Task<IResult> List(HttpContext context, PromptInspection inspection)
    {
        return ApiJson.Ok(PromptView.ById(await inspection.List(context.RequestAborted)));
    }

    private static async Task<IResult> Delete(HttpContext context, PromptRemoval removal)
    {
        var id = PromptIds.Read(context);
        var outcome = await removal.Remove(id, context.RequestAborted);
        if (!outcome.Found) throw PromptIds.NotFound(id);
        if (outcome.UsedBy.Count == 0) return ApiJson.Ok(new { message = $"Audio prompt '{id}' deleted successfully" });
        return ApiJson.Ok(new
        {
            warning = $"Audio prompt {Quoted.Name(id)} is used by voices: {PythonList.Format(outcome.UsedBy)}",
            message = "Remove from voice mappings first before deleting",
        });
    }

    private static async Task<IResult> ListMetadata(PromptReads prompts)
    {
        return ApiJson.Ok(PromptView.ById(await prompts.List()));
    }

    private static async Task<IResult> GetMetadata(HttpContext context, PromptReads prompts)
    {
        var id = PromptIds.Read(context);
        return await prompts.Find(id) is not { } prompt ? throw PromptIds.NotFound(id) : ApiJson.Ok(PromptView.FromMetadata(prompt));
    }

    private static async Task<IResult> GetAudio(HttpContext context, PromptReads prompts, PromptSound sound)
    {
        var id = PromptIds.Read(context);
        var prompt = await prompts.Find(id) ?? throw PromptIds.NotFound(id);
        var audio = await sound.OpenRead(prompt, context.RequestAborted) ?? throw PromptIds.NotFound(id);
        return FinishedAudio.Send(context, audio, AudioFormat.Wav, prompt.Hash, id);
    }

    private static async Task<IResult> Discover(
        HttpContext context,
        BodyReader bodies,
        PromptDiscovery discovery,
        PromptReads prompts)
    {
        var force = await bodies.ReadIfAny(context.Request, ReadForce);
        var found = await discovery.Discover(force, context.RequestAborted);
        var all = await prompts.List();
        return ApiJson.Ok(PromptView.FromDiscovery(found, all.Count));
    }

    private static bool ReadForce(FieldReader? fields)
    {
        if (fields is null) return false;
        var force = fields.BooleanOr("force_retranscribe", false);
        fields.ThrowIfInvalid();
        return force;
    }
}
