using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Workers;

/// <summary>Between the words of the engine and those of the grains.</summary>
internal static class EngineMessages
{
    public static SpeechCall ToCall(this SpeechWork work, ModelDescription model) => new()
    {
        Text = work.Text,
        MaxFrames = work.MaxFrames,
        Seed = work.Seed,
        Prompt = work.Prompt?.ToGrid(),
        Priority = work.Priority.ToPriority(),
        Sampling = model.Sampling with { Guidance = (float)work.Guidance, Temperature = (float)work.Temperature, TopP = (float)work.TopP },
    };

    public static WorkAdmission ToAdmission(this EngineAdmission answer) => new(answer.Refusal.ToOutcome(), answer.Reason, answer.RetryAfter);

    public static WorkAdmission ToAdmission(this EncodingAdmission answer) => new(answer.Refusal.ToOutcome(), answer.Reason, answer.RetryAfter);

    public static ModelFacts ToFacts(this ModelDescription model) => new()
    {
        FrameRate = model.FrameRate,
        SampleRate = model.SampleRate,
        MaxTextIds = model.MaxTextIds,
        MaxTextBytes = model.MaxTextBytes,
        MaxNewFrames = model.MaxNewFrames,
        Guidance = Exact(model.Sampling.Guidance),
        Temperature = Exact(model.Sampling.Temperature),
        TopP = Exact(model.Sampling.TopP),
        CodecFingerprint = model.CodecFingerprint,
    };

    /// <param name="run">The work.</param>
    /// <param name="sampleRate">Hz of the model.</param>
    public static WorkProgress ToProgress(this EngineRun run, int sampleRate)
    {
        var status = run.Ended.Status;
        var speech = run as SpeechRun;
        return new WorkProgress
        {
            State = status switch
            {
                TaskStatus.RanToCompletion => WorkState.Completed,
                TaskStatus.Faulted or TaskStatus.Canceled => WorkState.Failed,
                _ => run.Started ? WorkState.Running : WorkState.Waiting,
            },
            Frames = run.Frames,
            SampleRate = speech is null ? 0 : sampleRate,
            Samples = speech?.SamplesReady ?? 0,
            EndedByItself = speech is null || status != TaskStatus.RanToCompletion || speech.Completion.Result.EndedByItself,
            Error = status switch
            {
                TaskStatus.Faulted => "The model failed; the server's log says why.",
                TaskStatus.Canceled => "The work was stopped before its end.",
                _ => null,
            },
        };
    }

    public static AudioCodes ToMessage(this CodeGrid codes) => new(codes.Cells.ToArray(), codes.Channels);

    public static CodeGrid ToGrid(this AudioCodes codes) => new(codes.Cells, codes.Channels);

    private static WorkOutcome ToOutcome(this EngineRefusal refusal) => refusal switch
    {
        EngineRefusal.None => WorkOutcome.Accepted,
        EngineRefusal.Busy => WorkOutcome.Busy,
        EngineRefusal.Draining => WorkOutcome.Unavailable,
        EngineRefusal.Unservable => WorkOutcome.Rejected,
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "An engine's refusal that workers do not know."),
    };

    private static CallPriority ToPriority(this WorkPriority priority) => priority switch
    {
        WorkPriority.Live => CallPriority.Live,
        WorkPriority.Waiting => CallPriority.Waiting,
        _ => CallPriority.Background,
    };

    /// <summary>The double that reads like the float: 0.95, not 0.949999988079071.</summary>
    private static double Exact(float value) => (double)(decimal)value;
}
