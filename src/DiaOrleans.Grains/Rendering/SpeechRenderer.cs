using System.Security.Cryptography;
using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Transcripts;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <inheritdoc cref="ISpeechRenderer"/>
internal sealed partial class SpeechRenderer(
    IGrainFactory grains, WorkDispatcher dispatcher, PromptResolver prompts, GenerationRecorder recorder, RenderingOptions options, TimeProvider time, ILogger<SpeechRenderer> logger) : ISpeechRenderer
{
    public async Task<RenderStart> Start(Guid id, SpeechRequest request, WorkPriority priority, CancellationToken stop)
    {
        var startedAt = time.GetTimestamp();
        if (ScriptText.Clean(request.Text) is not { Length: > 0 } cleaned) return new RenderStart(SpeechAdmissions.Rejected("Text cannot be empty"));
        if (!AudioFormats.TryParse(request.Format, out var format)) return new RenderStart(SpeechAdmissions.Rejected($"There is no format '{request.Format}'."));
        if (format.Missing() is { } missing) return new RenderStart(SpeechAdmissions.Rejected(missing));
        var voice = VoiceId.CanExist(request.VoiceId) ? await grains.GetGrain<IVoiceGrain>(request.VoiceId).Get() : null;
        if (voice is null) return new RenderStart(SpeechAdmissions.VoiceNotFound(await grains.GetGrain<IVoiceCatalogGrain>(0).ListIds()));
        var script = ScriptText.Tag(cleaned, voice.PrimarySpeaker);
        var configuration = await grains.GetGrain<IConfigurationGrain>(0).Get();
        var ticket = new RenderTicket(id, request, script, priority, configuration, startedAt);
        var seed = request.Seed is { } sent and not -1 ? sent : BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
        SpeechRendering? rendering = null;
        var answer = await dispatcher.Dispatch(Offer, stop);
        return new RenderStart(SpeechAdmissions.From(answer), rendering);

        async Task<WorkAdmission> Offer(ModelFacts model, IGpuWorkerGrain worker)
        {
            ResolvedPrompt? prompt;
            try
            {
                prompt = await prompts.Resolve(request.VoiceId, voice, voice.PrimarySpeaker, model, worker, stop);
            }
            catch (PromptEncodingException refused)
            {
                return refused.Answer;
            }

            var plan = new SpeechPlan(request, script, voice.PrimarySpeaker, seed, model, prompt, options);
            var first = new SegmentSpeech(plan, 0, prompt, 0, worker, priority, time, logger);
            var admission = await first.Submit();
            if (admission.Outcome != WorkOutcome.Accepted) return admission;
            rendering = new SpeechRendering(ticket, plan, first, worker, recorder, time, logger);
            if (configuration.ShowPrompts) Log.Text(logger, id, script);
            Log.Seed(logger, id, request.VoiceId, plan.Segments.Count, seed);
            return admission;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Request {Request} speaks: {Script}")]
        public static partial void Text(ILogger logger, Guid request, string script);

        [LoggerMessage(2, LogLevel.Debug, "Request {Request}: voice '{Voice}', {Segments} segments, seed {Seed}")]
        public static partial void Seed(ILogger logger, Guid request, string voice, int segments, long seed);
    }
}
