using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Grains.Recognition;

/// <summary>
/// The speech recognition of this silo, for its own requests and those of other silos. Equal orders that are given while one of them runs
/// are carried out once. Thread-safe.
/// </summary>
/// <param name="recognizers">The recognizer of this silo; none if it does not recognise.</param>
internal sealed class SiloRecognition(IEnumerable<ISiloRecognizer> recognizers)
{
    private readonly ISiloRecognizer? _recognizer = recognizers.FirstOrDefault();
    private readonly SharedWork<string, RecognizedSpeech?> _running = new();

    /// <summary>Requests, of this silo and others, that wait for an order.</summary>
    public int Callers => _running.Callers;

    /// <summary>The state of now; null if this silo does not recognise.</summary>
    public RecognizerReport? Report() => _recognizer?.Report();

    /// <summary>Carries an order out.</summary>
    /// <param name="order">What to do.</param>
    /// <param name="cancellationToken">Ends the wait; the order is stopped if nobody else waits for it.</param>
    /// <returns>The words; null if nothing was to be recognised.</returns>
    /// <exception cref="RecognizerUnavailableException">This silo does not recognise, or has no such model.</exception>
    /// <exception cref="RecognitionException">It failed.</exception>
    public Task<RecognizedSpeech?> Run(RecognitionOrder order, CancellationToken cancellationToken)
    {
        if (_recognizer is not { } recognizer) throw new RecognizerUnavailableException("This silo does not recognise speech.");
        // If the model is missing, an order that may download it must not join one that may not.
        var mayFetch = order.Asked && !recognizer.Report().Find(order.ModelSize).OnDisk;
        var key = $"{order.Action} {mayFetch} {order.ModelSize} {order.Digest}";
        return _running.Run(key, stop => Run(recognizer, order, stop), cancellationToken);
    }

    private static async Task<RecognizedSpeech?> Run(ISiloRecognizer recognizer, RecognitionOrder order, CancellationToken stop)
    {
        switch (order.Action)
        {
            case RecognitionAction.Recognize:
                return await recognizer.Recognize(order.Samples, order.ModelSize, order.Asked, stop);
            case RecognitionAction.Load:
                await recognizer.Load(order.ModelSize, stop);
                return null;
            default:
                await recognizer.Fetch(order.ModelSize, stop);
                return null;
        }
    }
}
