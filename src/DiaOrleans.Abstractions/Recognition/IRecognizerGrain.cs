namespace DiaOrleans.Abstractions.Recognition;

/// <summary>Gives other silos the speech recognition of one silo. Key <c>silo/0</c>: it is placed on that silo only.</summary>
[Alias("dia.recognizer")]
public interface IRecognizerGrain : IGrainWithStringKey
{
    /// <summary>
    /// Runs an order, or joins one with the same digest that runs; what happens to it, up to <see cref="RecognitionDone"/> or
    /// <see cref="RecognitionFailed"/>. An order that nobody follows any more is stopped.
    /// </summary>
    /// <param name="order">What to do.</param>
    /// <param name="cancellation">Ends the following.</param>
    [Alias("run")]
    IAsyncEnumerable<RecognitionEvent> Run(RecognitionOrder order, CancellationToken cancellation = default);
}
