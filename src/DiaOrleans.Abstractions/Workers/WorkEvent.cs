namespace DiaOrleans.Abstractions.Workers;

/// <summary>
/// What happens to admitted work, in order: <see cref="WorkStarted"/>, then <see cref="WorkCodes"/> and <see cref="WorkSamples"/>, then
/// one of <see cref="WorkCompleted"/> and <see cref="WorkFailed"/>. The codes of a frame come before its samples. While no event comes
/// and the worker goes on, there are <see cref="WorkHeartbeat"/>s between them, which are not kept.
/// </summary>
/// <param name="Number">Position among the events of its work, from 0.</param>
[GenerateSerializer, Immutable, Alias("dia.work-event")]
public abstract record WorkEvent([property: Id(0)] long Number);

/// <summary>
/// The worker goes on, or the work waits in its queue: sent after each 250 ms without another event. It has no number of its own.
/// </summary>
/// <param name="Number">Number of the next event.</param>
/// <param name="StepSeconds">See <see cref="WorkerStatus.StepSeconds"/>.</param>
[GenerateSerializer, Immutable, Alias("dia.work-heartbeat")]
public sealed record WorkHeartbeat(long Number, [property: Id(0)] double StepSeconds) : WorkEvent(Number);

/// <summary>The engine works on it.</summary>
/// <param name="Number">Position among the events of its work, from 0.</param>
[GenerateSerializer, Immutable, Alias("dia.work-started")]
public sealed record WorkStarted(long Number) : WorkEvent(Number);

/// <summary>New frames: about 8 at a time of speech, all at once of a recording.</summary>
/// <param name="Number">Position among the events of its work, from 0.</param>
/// <param name="FirstFrame">
/// Number of the first of them, from 0; frames of a prompt do not count, those of <see cref="SpeechWork.Made"/> do.
/// </param>
/// <param name="Codes">Their codes.</param>
[GenerateSerializer, Immutable, Alias("dia.work-codes")]
public sealed record WorkCodes(long Number, [property: Id(0)] int FirstFrame, [property: Id(1)] AudioCodes Codes) : WorkEvent(Number);

/// <summary>The next samples.</summary>
/// <param name="Number">Position among the events of its work, from 0.</param>
/// <param name="Samples">Mono, -1 to 1, at the model's <see cref="ModelFacts.SampleRate"/>, at most 65 536.</param>
[GenerateSerializer, Immutable, Alias("dia.work-samples")]
public sealed record WorkSamples(long Number, [property: Id(0)] float[] Samples) : WorkEvent(Number);

/// <summary>The work is done; the last event.</summary>
/// <param name="Number">Position among the events of its work, from 0.</param>
/// <param name="Frames">New frames in all, those of <see cref="SpeechWork.Made"/> included.</param>
/// <param name="EndedByItself">False if the limit of frames ended it.</param>
[GenerateSerializer, Immutable, Alias("dia.work-completed")]
public sealed record WorkCompleted(long Number, [property: Id(0)] int Frames, [property: Id(1)] bool EndedByItself) : WorkEvent(Number);

/// <summary>The work ended before it was done, or is unknown to the worker; the last event.</summary>
/// <param name="Number">Position among the events of its work, from 0.</param>
/// <param name="Error">A sentence for the client.</param>
/// <param name="CanRunElsewhere">The same work may succeed at another worker: this one was lost, restarted or stopped.</param>
[GenerateSerializer, Immutable, Alias("dia.work-failed")]
public sealed record WorkFailed(long Number, [property: Id(0)] string Error, [property: Id(1)] bool CanRunElsewhere) : WorkEvent(Number);
