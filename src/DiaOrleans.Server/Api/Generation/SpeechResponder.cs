using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Voices;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>
/// Answers a request with its audio: starts a speech grain, waits for the first audio and sends it. The grain is cancelled if the client
/// disconnects.
/// </summary>
internal sealed class SpeechResponder(IGrainFactory grains, CurrentConfiguration configuration, VoiceAliases aliases)
{
    private const string GenerationId = "X-Generation-ID";
    private const int ChunksPerMessage = 2;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);

    /// <summary>Sends the audio as the body.</summary>
    /// <exception cref="ApiProblem">The request was refused, or failed before its first audio.</exception>
    public Task Send(HttpContext context, SpeechRequest request)
    {
        AudioFormats.TryParse(request.Format, out var format);
        return Run(context, request, async speech =>
        {
            context.Response.ContentType = format.ContentType();
            context.Response.Headers.ContentDisposition = $"attachment; filename=speech.{format.Extension()}";
            await foreach (var chunk in Read(speech, request, context.RequestAborted))
            {
                await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
                if (request.Streamed) await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        });
    }

    /// <summary>Sends the audio as server-sent events; spec/api.md 2.2.</summary>
    /// <exception cref="ApiProblem">The request was refused, or failed before its first audio.</exception>
    public Task SendEvents(HttpContext context, SpeechRequest request) => Run(context, request, async speech =>
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        try
        {
            await foreach (var chunk in Read(speech, request, context.RequestAborted))
                await SpeechEvents.SendDelta(context.Response, chunk);
            await SpeechEvents.SendDone(context.Response, await speech.Wait(TimeSpan.Zero));
        }
        catch (Exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            var error = (await speech.Wait(TimeSpan.Zero)).Error;
            await SpeechEvents.SendError(context.Response, error ?? "The server could not finish the audio.");
            await Stop(speech);
        }
    });

    /// <summary>Returns the whole audio.</summary>
    /// <exception cref="ApiProblem">The request was refused, or failed.</exception>
    public async Task<byte[]> Render(HttpContext context, SpeechRequest request)
    {
        using var whole = new MemoryStream();
        await Run(context, request, async speech =>
        {
            await foreach (var chunk in Read(speech, request, context.RequestAborted)) whole.Write(chunk);
        });
        return whole.ToArray();
    }

    private async Task Run(HttpContext context, SpeechRequest request, Func<ISpeechGrain, Task> send)
    {
        request = request with { VoiceId = aliases.Resolve(request.VoiceId) };
        var id = Guid.NewGuid();
        var speech = grains.GetGrain<ISpeechGrain>(id);
        var sent = false;
        try
        {
            ThrowIfRefused(await speech.Start(request).WaitAsync(context.RequestAborted), request);
            await WaitForAudio(speech, context.RequestAborted);
            if (configuration.Value.DebugMode) context.Response.Headers[GenerationId] = id.ToString();
            await send(speech);
            sent = true;
        }
        catch (IOException) when (context.RequestAborted.IsCancellationRequested)
        {
            throw new OperationCanceledException(context.RequestAborted);
        }
        finally
        {
            if (!sent) await Stop(speech);
        }
    }

    /// <summary>Cancels a request whose audio is not read to its end; a finished one stays as it is.</summary>
    private static async Task Stop(ISpeechGrain speech)
    {
        try
        {
            await speech.Cancel();
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            // The grain cancels itself if its audio is not read; the error to report is the one that led here.
        }
    }

    private static IAsyncEnumerable<byte[]> Read(ISpeechGrain speech, SpeechRequest request, CancellationToken stop) =>
        speech.ReadAudio(stop).WithBatchSize(request.Streamed ? 1 : ChunksPerMessage);

    private static void ThrowIfRefused(SpeechAdmission admission, SpeechRequest request)
    {
        switch (admission.Outcome)
        {
            case AdmissionOutcome.VoiceNotFound:
                throw ApiProblem.NotFound(UnknownVoice.Sentence(request.VoiceId, admission.AvailableVoices), "voice_not_found");
            case AdmissionOutcome.Busy:
                throw ApiProblem.Busy(admission.RetryAfter);
            case AdmissionOutcome.Unavailable:
                throw ApiProblem.Unavailable(admission.RetryAfter);
            case AdmissionOutcome.Rejected:
                throw ApiProblem.BadRequest(admission.Reason!);
        }
    }

    private static async Task WaitForAudio(ISpeechGrain speech, CancellationToken stop)
    {
        while (true)
        {
            var state = await speech.Wait(Poll).WaitAsync(stop);
            if (state.AudioBytes > 0 || state.Status == SpeechStatus.Completed) return;
            if (state.Status == SpeechStatus.Failed) throw ApiProblem.Failed($"Audio generation failed: {state.Error}");
            if (state.Status == SpeechStatus.Cancelled) throw ApiProblem.Failed("Audio generation failed: the request was cancelled");
        }
    }
}
