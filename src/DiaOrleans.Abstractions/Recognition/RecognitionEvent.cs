namespace DiaOrleans.Abstractions.Recognition;

/// <summary>What happens to an order: heartbeats, then one of <see cref="RecognitionDone"/> and <see cref="RecognitionFailed"/>.</summary>
[GenerateSerializer, Immutable, Alias("dia.recognition-event")]
public abstract record RecognitionEvent;

/// <summary>The silo goes on with the order: sent after each 250 ms without its end.</summary>
[GenerateSerializer, Immutable, Alias("dia.recognition-heartbeat")]
public sealed record RecognitionHeartbeat : RecognitionEvent;

/// <summary>The order is carried out.</summary>
/// <param name="Speech">The words of the recording; null if nothing was to be recognised.</param>
[GenerateSerializer, Immutable, Alias("dia.recognition-done")]
public sealed record RecognitionDone([property: Id(0)] RecognizedSpeech? Speech) : RecognitionEvent;

/// <summary>The order failed.</summary>
/// <param name="Message">Why, for clients.</param>
/// <param name="Fault">What the failure depends on; null if speech recognition or the model is not available on the silo.</param>
[GenerateSerializer, Immutable, Alias("dia.recognition-failed")]
public sealed record RecognitionFailed([property: Id(0)] string Message, [property: Id(1)] RecognitionFault? Fault) : RecognitionEvent;
