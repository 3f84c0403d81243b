using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Pipeline;
using DiaOrleans.Server.Api.Validation;
using DiaOrleans.Server.Api.Voices;
using DiaOrleans.Server.Lifetime;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>
/// Answers a request with its audio: starts it, waits for the first audio and sends that. A client that disconnects stops its request.
/// </summary>
internal sealed class SpeechResponder(
    SpeechSessions sessions,
    CurrentConfiguration configuration,
    VoiceAliases aliases,
    StopSignal stop)
{
    private const string GenerationId = "X-Generation-ID";

    /// <summary>Sends the audio as the body: as it is made if the request is streamed, else whole and with its length.</summary>
    /// <exception cref="ApiProblem">The request was refused, or failed before its first audio.</exception>
    public Task Send(HttpContext context, SpeechRequest request)
    {
        AudioFormats.TryParse(request.Format, out var format);
        request = WithSeed(request);
        return Run(context, request, async (audio, ready) =>
        {
            SeedHeader.Add(context.Response, request.Seed);
            context.Response.ContentType = format.ContentType();
            context.Response.Headers.ContentDisposition = $"attachment; filename=speech.{format.Extension()}";
            if (request.Streamed) ForbidBuffering(context.Response);
            else context.Response.ContentLength = ready.AudioBytes;
            await foreach (var chunk in audio.Read(context.RequestAborted))
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
                if (request.Streamed) await context.Response.Body.FlushAsync(context.RequestAborted);
            }

            // The client does not wait until the worker has forgotten the work.
            await context.Response.CompleteAsync();
        });
    }

    /// <summary>Sends the audio as server-sent events; docs/api.md, OpenAI's speech route.</summary>
    /// <exception cref="ApiProblem">The request was refused, or failed before its first audio.</exception>
    public Task SendEvents(HttpContext context, SpeechRequest request)
    {
        request = WithSeed(request);
        return Run(context, request, (audio, _) => SendEvents(context, request, audio));
    }

    /// <summary>Returns the whole audio.</summary>
    /// <exception cref="ApiProblem">The request was refused, or failed.</exception>
    public async Task<byte[]> Render(HttpContext context, SpeechRequest request)
    {
        using var whole = new MemoryStream();
        await Run(context, request, async (audio, _) =>
        {
            await foreach (var chunk in audio.Read(context.RequestAborted)) whole.Write(chunk.Span);
        });
        return whole.ToArray();
    }

    private static async Task SendEvents(HttpContext context, SpeechRequest request, SpeechSession audio)
    {
        SeedHeader.Add(context.Response, request.Seed);
        context.Response.ContentType = "text/event-stream";
        ForbidBuffering(context.Response);
        try
        {
            await foreach (var chunk in audio.Read(context.RequestAborted)) await SpeechEvents.SendDelta(context.Response, chunk);
            await SpeechEvents.SendDone(context.Response, audio.Look());
        }
        catch (Exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            await SpeechEvents.SendError(context.Response, audio.Look().Error ?? "The server could not finish the audio.");
        }
    }

    /// <summary>The request with the seed that it will use, so that the answer can name it before there is audio.</summary>
    private static SpeechRequest WithSeed(SpeechRequest request) => request with { Seed = RequestSeed.Choose(request.Seed) };

    /// <summary>A proxy is not to wait for more of a stream before it passes on what there is.</summary>
    private static void ForbidBuffering(HttpResponse response) => response.Headers["X-Accel-Buffering"] = "no";

    private async Task Run(HttpContext context, SpeechRequest request, Func<SpeechSession, SpeechSnapshot, Task> send)
    {
        if (stop.RefusesWork) throw ApiProblem.Unavailable(retryAfter: null);
        request = request with { VoiceId = aliases.Resolve(request.VoiceId) };
        await using var audio = sessions.Create();
        try
        {
            ThrowIfRefused(await audio.Start(request, context.RequestAborted), request);
            var ready = await WaitForAudio(context, audio, request);
            if (configuration.Value.DebugMode) context.Response.Headers[GenerationId] = audio.Id.ToString();
            await send(audio, ready);
        }
        catch (IOException) when (context.RequestAborted.IsCancellationRequested)
        {
            throw new OperationCanceledException(context.RequestAborted);
        }
    }

    private static void ThrowIfRefused(SpeechAdmission admission, SpeechRequest request)
    {
        switch (admission.Outcome)
        {
            case AdmissionOutcome.VoiceNotFound:
                throw ApiProblem.NotFound(UnknownVoice.Sentence(request.VoiceId, admission), "voice_not_found");
            case AdmissionOutcome.Busy:
                throw ApiProblem.Busy(admission.RetryAfter);
            case AdmissionOutcome.Unavailable:
                throw ApiProblem.Unavailable(admission.RetryAfter);
            case AdmissionOutcome.Rejected:
                throw ApiProblem.BadRequest(admission.Reason!);
            case AdmissionOutcome.Failed:
                throw ApiProblem.Failed(admission.Reason!);
        }
    }

    /// <summary>The field of the request that names the voice, whose recording and transcript do not go together.</summary>
    private static InvalidField VoiceField(HttpContext context, SpeechRequest request, string message)
    {
        var place = HttpMethods.IsPost(context.Request.Method) ? "body" : "path";
        var path = context.Request.Path.Value ?? "";
        var name = path.EndsWith("/audio/speech", StringComparison.Ordinal) ? "voice" : VoiceIds.Parameter;
        return new InvalidField("value_error", [place, name], message, InputEcho.FormatText(request.VoiceId));
    }

    /// <summary>Waits for the first audio of a stream, or for all audio.</summary>
    private static async Task<SpeechSnapshot> WaitForAudio(HttpContext context, SpeechSession audio, SpeechRequest request)
    {
        var state = await audio.Wait(context.RequestAborted);
        if (state.Status == SpeechStatus.Completed || (request.Streamed && state.AudioBytes > 0)) return state;
        if (state.NoSpace) throw ApiProblem.NoSpace(state.Error!);
        if (state.CanSucceedLater) throw ApiProblem.Unavailable(retryAfter: null);
        if (state.BadTranscript) throw ApiProblem.Invalid([VoiceField(context, request, state.Error!)]);
        throw ApiProblem.Failed($"Audio generation failed: {state.Error}");
    }
}
