using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Settings;
using DiaOrleans.Grains.Telemetry;
using DiaOrleans.Grains.Voices;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Rendering;

/// <inheritdoc cref="ISpeechRenderer"/>
internal sealed partial class SpeechRenderer(
    VoiceReads voices,
    ConfigurationReads configurations,
    WorkDispatcher dispatcher,
    RequestScripts scripts,
    PromptResolver prompts,
    GenerationRecorder recorder,
    DiaMetrics metrics,
    CurrentValue<RenderingOptions> options,
    CurrentValue<PromptOptions> promptOptions,
    TimeProvider time,
    ILogger<SpeechRenderer> logger) : ISpeechRenderer
{
    public async Task<RenderStart> Start(
        Guid id,
        SpeechRequest request,
        WorkPriority priority,
        CancellationToken stop,
        IRenderKeeping? keeping = null)
    {
        var startedAt = time.GetTimestamp();
        if (!scripts.TryRead(request, out var read, out var problem)) return Reject(problem);
        if (!AudioFormats.TryParse(request.Format, out var format)) return Reject($"There is no format '{request.Format}'.");
        if (format.Missing() is { } missing) return Reject(missing);
        // At the same time: each waits up to a second for a grain that does not answer.
        var reading = configurations.Get();
        var found = await voices.Find(request.VoiceId);
        var configuration = await reading;
        if (found is not { } voice) return await RejectVoice();
        var script = read.Tag(voice.PrimarySpeaker);
        var seed = RequestSeed.Choose(request.Seed);
        SpeechPlan? plan = null;
        SpeechRendering? rendering = null;
        var answer = await dispatcher.Dispatch(request.Model, priority, Offer, stop);
        return new RenderStart(SpeechAdmissions.FromWorker(answer), rendering);

        // Workers with the same model are offered the same plan.
        async Task<WorkAdmission> Offer(WorkerStatus status, IWorker worker)
        {
            try
            {
                if (plan?.IsFor(status) != true) plan = await MakePlan(status, worker);
            }
            catch (PromptEncodingException refused)
            {
                return refused.Answer;
            }
            catch (UnreadableRecordingException fault)
            {
                throw new RenderException(fault.Message, fault, fault.Passing);
            }

            var at = new RequestWorker(status, worker, dispatcher.OfferToOthers);
            var kept = keeping is null ? null : await keeping.Find(0);
            var first = new SegmentSpeech(plan, 0, plan.Prompt, 0, at, kept, time, logger);
            var admission = await first.Submit();
            if (admission.Outcome != WorkOutcome.Accepted) return admission;
            rendering = new SpeechRendering(plan, first, at, keeping, recorder, metrics, time, logger);
            if (configuration.ShowPrompts) Log.Text(logger, id, script.Text);
            Log.Plan(logger, id, request.VoiceId, plan.Segments.Count, seed);
            return admission;
        }

        async Task<SpeechPlan> MakePlan(WorkerStatus status, IWorker worker)
        {
            var model = status.Model!;
            var prompt = await prompts.Resolve(request.VoiceId, voice, voice.PrimarySpeaker, model, worker, stop);
            return new SpeechPlan
            {
                Id = id,
                Request = request,
                Format = format,
                Script = script,
                PrimarySpeaker = voice.PrimarySpeaker,
                Seed = seed,
                Priority = priority,
                Configuration = configuration,
                StartedAt = startedAt,
                Options = options.Value,
                PromptOptions = promptOptions.Value,
                Model = model,
                DeviceKind = status.DeviceKind,
                PromptId = voice.AudioPrompt,
                Prompt = prompt is null ? null : new CallPrompt(prompt, voice.PrimarySpeaker),
            };
        }
    }

    private static RenderStart Reject(string reason) => new(SpeechAdmissions.Rejected(reason));

    private async Task<RenderStart> RejectVoice() =>
        new(SpeechAdmissions.VoiceNotFound(await voices.ListFirst(PythonList.MaxShown)));

    private static partial class Log
    {
        [LoggerMessage(504, LogLevel.Information, "Request {Request} speaks: {Script}")]
        public static partial void Text(ILogger logger, Guid request, string script);

        [LoggerMessage(505, LogLevel.Debug, "Request {Request}: voice '{Voice}', {Segments} segments, seed {Seed}")]
        public static partial void Plan(ILogger logger, Guid request, string voice, int segments, long seed);
    }
}
