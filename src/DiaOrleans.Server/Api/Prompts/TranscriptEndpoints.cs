using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Transcripts;
using DiaOrleans.Server.Api.Disk;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Recognition;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Prompts;

/// <summary>The routes that make or set the transcript of an audio prompt; docs/api.md, Audio prompts.</summary>
internal static class TranscriptEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        DiskGuard.Protect(routes.MapPost("/audio_prompts/{id}/transcribe", Transcribe));
        DiskGuard.Protect(routes.MapPut("/audio_prompts/{id}/transcript", SetByHand));
    }

    private static async Task<IResult> Transcribe(HttpContext context, PromptTranscriber transcriber, RecognitionProblems problems)
    {
        var id = PromptIds.Read(context);
        try
        {
            var prompt = await transcriber.Transcribe(id, context.RequestAborted) ?? throw PromptIds.NotFound(id);
            return ApiJson.Ok(PromptView.FromTranscription(id, prompt.Transcript?.Text));
        }
        catch (Exception cause) when (cause is RecognizerUnavailableException or RecognitionException)
        {
            throw problems.Create(cause, context, "Transcription failed");
        }
    }

    private static async Task<IResult> SetByHand(HttpContext context, BodyReader bodies, PromptTranscripts transcripts)
    {
        var text = await bodies.Read(context.Request, ReadTranscript);
        var id = PromptIds.Read(context);
        var voices = await transcripts.SetByHand(id, text, context.RequestAborted) ?? throw PromptIds.NotFound(id);
        return ApiJson.Ok(PromptView.FromTranscript(id, voices));
    }

    private static string ReadTranscript(FieldReader fields)
    {
        var transcript = fields.RequiredString("transcript");
        fields.ThrowIfInvalid();
        return transcript;
    }
}
