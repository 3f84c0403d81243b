using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Inference.Decoding;
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
        Sampling = model.Sampling with { Guidance = (float)work.Guidance, Temperature = (float)work.Temperature, TopP = (float)work.TopP },
    };

    public static WorkAdmission ToAdmission(this EngineAdmission answer) => new(
        answer.Refusal switch
        {
            EngineRefusal.None => WorkOutcome.Accepted,
            EngineRefusal.Busy => WorkOutcome.Busy,
            EngineRefusal.Draining => WorkOutcome.Unavailable,
            EngineRefusal.Unservable => WorkOutcome.Rejected,
            _ => throw new ArgumentOutOfRangeException(nameof(answer), answer.Refusal, "An engine's refusal that workers do not know."),
        },
        answer.Reason,
        answer.RetryAfter);

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

    public static WorkProgress ToProgress(this SpeechRun run)
    {
        var ended = run.Completion;
        if (ended.IsCompletedSuccessfully)
        {
            return new WorkProgress
            {
                State = WorkState.Completed,
                Frames = run.Frames,
                SampleRate = ended.Result.SampleRate,
                Samples = ended.Result.Samples.Length,
                EndedByItself = ended.Result.EndedByItself,
            };
        }

        if (ended.IsFaulted) return new WorkProgress { State = WorkState.Failed, Frames = run.Frames, Error = "The model failed; the server's log says why." };
        if (ended.IsCanceled) return new WorkProgress { State = WorkState.Failed, Frames = run.Frames, Error = "The work was stopped before its end." };
        return new WorkProgress { State = run.Started ? WorkState.Running : WorkState.Waiting, Frames = run.Frames };
    }

    public static AudioCodes ToMessage(this CodeGrid codes) => new(codes.Cells.ToArray(), codes.Channels);

    public static CodeGrid ToGrid(this AudioCodes codes) => new(codes.Cells, codes.Channels);

    /// <summary>The double that reads like the float: 0.95, not 0.949999988079071.</summary>
    private static double Exact(float value) => (double)(decimal)value;
}
