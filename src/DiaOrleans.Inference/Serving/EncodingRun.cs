using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Serving;

/// <summary>A recording that an engine turns into codes.</summary>
/// <param name="samples">Mono, -1 to 1, at the model's rate.</param>
/// <param name="stop">Stops it.</param>
public sealed class EncodingRun(float[] samples, CancellationToken stop = default) : EngineRun(stop)
{
    private readonly TaskCompletionSource<CodeGrid> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The recording.</summary>
    public float[] Samples => samples;

    /// <summary>Ends with the codes, cancelled, or with the exception that ended it.</summary>
    public Task<CodeGrid> Completion => _done.Task;

    /// <inheritdoc />
    public override Task Ended => _done.Task;

    /// <inheritdoc />
    public override CodeGrid? Codes => _done.Task.IsCompletedSuccessfully ? _done.Task.Result : null;

    /// <summary>Called by engines.</summary>
    public void Complete(CodeGrid codes)
    {
        Report(codes.Rows);
        _done.TrySetResult(codes);
    }

    /// <inheritdoc />
    public override void Fail(Exception cause)
    {
        if (cause is OperationCanceledException) _done.TrySetCanceled();
        else _done.TrySetException(cause);
    }
}
