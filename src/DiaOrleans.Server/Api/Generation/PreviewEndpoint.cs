using System.Security.Cryptography;
using System.Text.Json;
using System.Text;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Voices;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>GET /preview/{voice_id}: how a voice sounds, made once for each state of the voice; spec/api.md 4.</summary>
internal static class PreviewEndpoint
{
    private const string Route = "preview";
    private const string Folder = "previews";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet($"/{Route}/{{voice_id}}", Preview);

    private static async Task<IResult> Preview(HttpContext context, IGrainFactory grains, IBlobStore blobs, SpeechResponder responder)
    {
        var id = VoiceIds.FromPath(context, Route);
        var voice = VoiceId.CanExist(id) ? await grains.GetGrain<IVoiceGrain>(id).Get() : null;
        if (voice is null) throw ApiProblem.NotFound("Voice not found", "voice_not_found");
        var prompt = voice.AudioPrompt is { } promptId && VoiceId.CanExist(promptId) ? await grains.GetGrain<IAudioPromptGrain>(promptId).Get() : null;
        var (name, version) = (Digest(id), Digest(JsonSerializer.Serialize(new { voice, prompt?.Hash, prompt?.Transcript?.Text })));
        var key = $"{Folder}/{name}-{version}.wav";
        context.Response.Headers.ContentDisposition = Attachment.Named($"preview_{id}", "wav");
        if (await blobs.OpenRead(key) is { } stored) return Results.Stream(stored, "audio/wav");
        var wav = await Make(context, responder, id, version);
        await blobs.Write(key, wav);
        foreach (var older in await blobs.List(Folder))
        {
            if (older.Key != key && older.Key.StartsWith($"{Folder}/{name}-", StringComparison.Ordinal)) await blobs.Delete(older.Key);
        }

        return Results.Bytes(wav, "audio/wav");
    }

    private static async Task<byte[]> Make(HttpContext context, SpeechResponder responder, string id, string version)
    {
        try
        {
            return await responder.Make(context, new SpeechRequest
            {
                Text = $"[S1] Hello, my name is {id.Replace('[', ' ').Replace(']', ' ')}. [S2] How do you like my voice?",
                VoiceId = id,
                Seed = Convert.ToInt64(version, 16),
            });
        }
        catch (ApiProblem problem) when (problem.Status == 500)
        {
            throw ApiProblem.Failed($"Preview generation failed: {problem.Message}");
        }
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
