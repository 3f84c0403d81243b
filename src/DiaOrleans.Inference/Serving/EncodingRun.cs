namespace DiaOrleans.Inference.Serving;

/// <summary>A recording that an engine turns into codes, which it reports in one piece. Its events hold no samples.</summary>
/// <param name="samples">Mono, -1 to 1, at the model's rate.</param>
/// <param name="stop">Stops it.</param>
public sealed class EncodingRun(float[] samples, CancellationToken stop = default) : EngineRun(stop)
{
    /// <summary>The recording.</summary>
    public float[] Samples => samples;
}
