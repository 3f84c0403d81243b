using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Workers;

/// <summary>Translates between the types of the engine and the messages of grains.</summary>
internal static class EngineMessages
{
    public static SpeechCall ToCall(this SpeechWork work, ModelDescription model) => new()
    {
        TextIds = work.TextIds,
        MaxFrames = work.MaxFrames,
        Seed = work.Seed,
        Prompt = work.Prompt?.ToGrid(),
        Made = work.Made?.ToGrid(),
        SamplesReceived = work.SamplesReceived,
        Priority = work.Priority.ToPriority(),
        Sampling = model.Sampling with { Guidance = (float)work.Guidance, Temperature = (float)work.Temperature, TopP = (float)work.TopP },
    };

    public static WorkAdmission ToAdmission(this EngineAdmission answer) =>
        new(answer.Refusal.ToOutcome(), answer.Reason, answer.RetryAfter);

    public static WorkAdmission ToAdmission(this EncodingAdmission answer) =>
        new(answer.Refusal.ToOutcome(), answer.Reason, answer.RetryAfter);

    public static ModelFacts ToFacts(this ModelDescription model) => new()
    {
        Name = model.Name,
        Precision = model.Precision,
        FrameRate = model.FrameRate,
        SampleRate = model.SampleRate,
        MaxTextIds = model.MaxTextIds,
        MaxTextBytes = model.MaxTextBytes,
        MaxNewFrames = model.MaxNewFrames,
        Guidance = ToShortestDouble(model.Sampling.Guidance),
        Temperature = ToShortestDouble(model.Sampling.Temperature),
        TopP = ToShortestDouble(model.Sampling.TopP),
        CodecFingerprint = model.CodecFingerprint,
    };

    /// <param name="happened">Of the engine's run.</param>
    /// <param name="number">Position among the events of the run, from 0.</param>
    public static WorkEvent ToMessage(this EngineEvent happened, long number) => happened switch
    {
        EngineEvent.Started => new WorkStarted(number),
        EngineEvent.CodesMade made => new WorkCodes(number, made.FirstFrame, made.Codes.ToMessage()),
        EngineEvent.SamplesMade made => new WorkSamples(number, made.Samples),
        EngineEvent.Completed end => new WorkCompleted(number, end.Frames, end.EndedByItself),
        EngineEvent.Failed { Cause: OperationCanceledException } =>
            new WorkFailed(number, "The work was stopped before its end.", CanRunElsewhere: true),
        EngineEvent.Failed { Cause: EngineBrokenException } =>
            new WorkFailed(number, "The worker's engine is broken. Send the request again.", CanRunElsewhere: true),
        EngineEvent.Failed => new WorkFailed(number, "The model failed; the server's log says why.", CanRunElsewhere: false),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "An event without a message."),
    };

    private static AudioCodes ToMessage(this CodeGrid codes) => new(codes.Cells.ToArray(), codes.Channels);

    private static CodeGrid ToGrid(this AudioCodes codes) => new(codes.Cells, codes.Channels);

    private static WorkOutcome ToOutcome(this EngineRefusal refusal) => refusal switch
    {
        EngineRefusal.None => WorkOutcome.Accepted,
        EngineRefusal.Busy => WorkOutcome.Busy,
        EngineRefusal.Draining or EngineRefusal.Broken => WorkOutcome.Unavailable,
        EngineRefusal.Unservable => WorkOutcome.Rejected,
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "A refusal without a message."),
    };

    private static CallPriority ToPriority(this WorkPriority priority) => priority switch
    {
        WorkPriority.Live => CallPriority.Live,
        WorkPriority.Waiting => CallPriority.Waiting,
        _ => CallPriority.Background,
    };

    /// <summary>The double with the fewest digits that rounds to the float: 0.95, not 0.949999988079071.</summary>
    private static double ToShortestDouble(float value) => (double)(decimal)value;
}
