using DiaOrleans.Grains.Previews;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Voices;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>GET /preview/{voice_id}: a sample of a voice, rendered once per version of the voice; spec/api.md 4.</summary>
internal static class PreviewEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/preview/{voice_id}", Preview);

    private static async Task<IResult> Preview(HttpContext context, VoicePreviews previews, SpeechResponder responder)
    {
        var id = RouteParameter.Read(context, VoiceIds.Parameter);
        var preview = await previews.Find(id) ?? throw ApiProblem.NotFound("Voice not found", "voice_not_found");
        context.Response.Headers.ContentDisposition = Attachment.Format($"preview_{id}", "wav");
        if (await previews.OpenRead(preview) is { } stored) return Results.Stream(stored, "audio/wav");
        var wave = await Render(context, responder, preview);
        await previews.Keep(preview, wave);
        return Results.Bytes(wave, "audio/wav");
    }

    private static async Task<byte[]> Render(HttpContext context, SpeechResponder responder, VoicePreview preview)
    {
        try
        {
            return await responder.Render(context, preview.Request);
        }
        catch (ApiProblem problem) when (problem.Status == 500)
        {
            throw ApiProblem.Failed($"Preview generation failed: {problem.Message}");
        }
    }
}
