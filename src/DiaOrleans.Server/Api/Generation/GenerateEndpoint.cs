using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>POST /generate: from a script to a WAV, while the client waits.</summary>
internal static class GenerateEndpoint
{
    private const int ChunksPerMessage = 2;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/generate", Generate);

    private static async Task Generate(HttpContext context, IGrainFactory grains)
    {
        var request = await GenerateRequest.Read(context.Request);
        if (ScriptText.Clean(request.Text).Length == 0) throw ApiProblem.BadRequest("Text cannot be empty");
        if (!VoiceId.CanExist(request.VoiceId)) throw UnknownVoice(request.VoiceId, await grains.GetGrain<IVoiceCatalogGrain>(0).ListIds());
        var job = grains.GetGrain<ISpeechGrain>(Guid.NewGuid());
        try
        {
            Admit(await job.Start(request).WaitAsync(context.RequestAborted), request);
            await WaitForEnd(job, context.RequestAborted);
            await Send(job, context.Response, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            await job.Cancel();
            throw;
        }
    }

    private static void Admit(SpeechAdmission admission, SpeechRequest request)
    {
        switch (admission.Outcome)
        {
            case AdmissionOutcome.VoiceNotFound:
                throw UnknownVoice(request.VoiceId, admission.AvailableVoices);
            case AdmissionOutcome.Busy:
                throw ApiProblem.Busy(admission.RetryAfter);
            case AdmissionOutcome.Unavailable:
                throw ApiProblem.Unavailable(admission.RetryAfter);
            case AdmissionOutcome.Rejected:
                throw ApiProblem.BadRequest(admission.Reason!);
        }
    }

    private static async Task WaitForEnd(ISpeechGrain job, CancellationToken clientGone)
    {
        while (true)
        {
            var state = await job.Wait(Poll).WaitAsync(clientGone);
            switch (state.Status)
            {
                case SpeechStatus.Completed:
                    return;
                case SpeechStatus.Failed:
                    throw ApiProblem.Failed($"Audio generation failed: {state.Error}");
                case SpeechStatus.Cancelled:
                    throw ApiProblem.Failed("Audio generation failed: the request was cancelled");
            }
        }
    }

    private static async Task Send(ISpeechGrain job, HttpResponse response, CancellationToken clientGone)
    {
        response.ContentType = "audio/wav";
        response.Headers.ContentDisposition = "attachment; filename=speech.wav";
        await foreach (var chunk in job.ReadAudio(clientGone).WithBatchSize(ChunksPerMessage)) await response.Body.WriteAsync(chunk, clientGone);
    }

    private static ApiProblem UnknownVoice(string id, IReadOnlyList<string> known) =>
        ApiProblem.NotFound(VoiceNotFound.Text(id, known), "voice_not_found");
}
