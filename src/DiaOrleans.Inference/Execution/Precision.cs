using DiaOrleans.Inference.Graphs;

namespace DiaOrleans.Inference.Execution;

/// <summary>The number format that a model is computed in.</summary>
public sealed class Precision
{
    private Precision(string name, OnnxType activation)
    {
        Name = name;
        Activation = activation;
    }

    /// <summary>32-bit float.</summary>
    public static Precision Fp32 { get; } = new("fp32", OnnxType.Float);

    /// <summary>16-bit float, IEEE. No device offers it.</summary>
    internal static Precision Fp16 { get; } = new("fp16", OnnxType.Float16);

    /// <summary>Name in settings, logs and answers, for example fp32.</summary>
    public string Name { get; }

    /// <summary>Element type of activations and caches.</summary>
    internal OnnxType Activation { get; }

    /// <inheritdoc />
    public override string ToString() => Name;
}
