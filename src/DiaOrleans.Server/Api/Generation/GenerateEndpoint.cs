using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Server.Api.Disk;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Jobs;
using DiaOrleans.Server.Api.Validation;
using DiaOrleans.Server.Api.Voices;
using DiaOrleans.Server.Lifetime;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>POST /generate and the legacy route /api/tts/generate; docs/api.md, Generation.1, 2.3.</summary>
internal static class GenerateEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/generate", Generate);
        routes.MapPost("/api/tts/generate", Legacy);
    }

    private static async Task Generate(
        HttpContext context,
        BodyReader bodies,
        SpeechResponder responder,
        JobService jobs,
        RequestScripts scripts,
        VoiceAliases aliases,
        DiskGuard disk,
        StopSignal stop)
    {
        var (request, inBackground) = await GenerateRequestReader.Read(context.Request, bodies);
        if (!inBackground)
        {
            await responder.Send(context, request);
            return;
        }

        if (!scripts.TryRead(request, out _, out var problem)) throw ApiProblem.BadRequest(problem);
        await disk.RequireRoomForJob(context.RequestAborted);
        await (await JobSubmissionEndpoint.Submit(context, request, aliases, jobs, stop)).ExecuteAsync(context);
    }

    private static async Task Legacy(HttpContext context, BodyReader bodies, SpeechResponder responder)
    {
        var request = await bodies.Read(context.Request, ReadLegacy);
        await responder.Send(context, request);
    }

    private static SpeechRequest ReadLegacy(FieldReader fields)
    {
        var request = new SpeechRequest
        {
            Text = fields.RequiredString("text", RequestLimits.TextLength),
            VoiceId = VoiceIds.Read(fields),
        };
        fields.ThrowIfInvalid();
        return request;
    }
}
