using System.Runtime.CompilerServices;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Serving;

/// <summary>A call that an engine has admitted. Once stopped, the engine frees its slot within a step.</summary>
public sealed class SpeechRun(SpeechCall call, CancellationToken stop = default) : EngineRun(stop)
{
    private readonly TaskCompletionSource<SpeechClip> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SampleBuffer _samples = new();

    /// <summary>What was asked.</summary>
    public SpeechCall Call => call;

    /// <summary>Ends when the call has: with its clip, cancelled, or with the exception that ended it.</summary>
    public Task<SpeechClip> Completion => _done.Task;

    /// <inheritdoc />
    public override Task Ended => _done.Task;

    /// <inheritdoc />
    public override CodeGrid? Codes => _done.Task.IsCompletedSuccessfully ? _done.Task.Result.Codes : null;

    /// <summary>Samples that can be read so far.</summary>
    public long SamplesReady => _samples.Length;

    /// <summary>
    /// Samples from the first on, mono, -1 to 1, a window of the codec at a time, as they are made; ends with the last one, when <see cref="Completion"/> has
    /// ended. Readers do not disturb each other.
    /// </summary>
    /// <exception cref="OperationCanceledException">The run was stopped, or <paramref name="cancellationToken"/> is cancelled.</exception>
    public async IAsyncEnumerable<float[]> ReadSamples([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var chunk in _samples.Read(cancellationToken).ConfigureAwait(false)) yield return chunk;
        await Completion.ConfigureAwait(false);
    }

    /// <summary>Called by engines: these samples can be read from now on.</summary>
    public void Append(float[] samples) => _samples.Append(samples);

    /// <summary>Called by engines: what was appended so far, as one piece.</summary>
    public float[] CollectSamples() => _samples.ToArray();

    /// <summary>Called by engines. What of the clip was not appended before can be read now.</summary>
    public void Complete(SpeechClip clip)
    {
        if (_samples.Length < clip.Samples.Length) _samples.Append(clip.Samples[(int)_samples.Length..]);
        _done.TrySetResult(clip);
        _samples.End();
    }

    /// <inheritdoc />
    public override void Fail(Exception cause)
    {
        if (cause is OperationCanceledException) _done.TrySetCanceled();
        else _done.TrySetException(cause);
        _samples.End();
    }
}
