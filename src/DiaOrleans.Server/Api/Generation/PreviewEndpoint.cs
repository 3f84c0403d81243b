using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Previews;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Voices;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>GET /preview/{voice_id}: a sample of a voice, rendered once per version of the voice; docs/api.md, Voices.</summary>
internal sealed partial class PreviewEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/preview/{voice_id}", FinishedAudio.Methods, Preview);

    private static async Task<IResult> Preview(
        HttpContext context,
        VoicePreviews previews,
        SpeechResponder responder,
        ILogger<PreviewEndpoint> logger)
    {
        var id = RouteParameter.Read(context, VoiceIds.Parameter);
        var preview = await previews.Find(id) ?? throw ApiProblem.NotFound("Voice not found", "voice_not_found");
        var wave = await previews.OpenRead(preview) ?? await Make();
        SeedHeader.Add(context.Response, preview.Request.Seed);
        return FinishedAudio.Send(context, wave, AudioFormat.Wav, preview.Key, $"preview_{id}");

        async Task<OpenBlob> Make()
        {
            var rendered = await Render(context, responder, preview);
            try
            {
                await previews.Keep(preview, rendered);
            }
            catch (IOException cause)
            {
                Log.NotKept(logger, cause, id);
            }

            return OpenBlob.Of(rendered);
        }
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

    private static partial class Log
    {
        [LoggerMessage(211, LogLevel.Warning, "The preview of voice '{Voice}' could not be stored; its client gets it.")]
        public static partial void NotKept(ILogger logger, Exception cause, string voice);
    }
}
