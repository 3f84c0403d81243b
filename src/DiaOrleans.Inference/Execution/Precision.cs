using DiaOrleans.Inference.Graphs;

namespace DiaOrleans.Inference.Execution;

/// <summary>The number format that a model is computed in.</summary>
public sealed class Precision
{
    private Precision(string name, OnnxType activation, int? weightBits = null)
    {
        Name = name;
        Activation = activation;
        WeightBits = weightBits;
    }

    /// <summary>32-bit float.</summary>
    public static Precision Fp32 { get; } = new("fp32", OnnxType.Float);

    /// <summary>
    /// Linear maps in 8-bit integers, with a scale for each 32 weights; their inputs are rounded to 8 bits too. Keys and values are kept
    /// as in <see cref="Bf16"/> where this program computes attention on a processor with AVX2. All else in 32-bit float.
    /// </summary>
    public static Precision Int8 { get; } = new("int8", OnnxType.Float, weightBits: 8);

    /// <summary>The same with 4-bit weights.</summary>
    public static Precision Int4 { get; } = new("int4", OnnxType.Float, weightBits: 4);

    /// <summary>16-bit float, IEEE: 11 bits of precision, at most 65504.</summary>
    public static Precision Fp16 { get; } = new("fp16", OnnxType.Float16);

    /// <summary>16-bit float with the exponent of fp32: 8 bits of precision.</summary>
    public static Precision Bf16 { get; } = new("bf16", OnnxType.BFloat16);

    /// <summary>Those that the CPU offers, the default first.</summary>
    public static IReadOnlyList<Precision> OfCpu { get; } = [Int8, Fp32, Int4];

    /// <summary>Those that GPUs offer, the default first.</summary>
    public static IReadOnlyList<Precision> OfCuda { get; } = [Fp16, Bf16];

    /// <summary>Those that the codec's decoder is offered in on the CPU, the default first.</summary>
    public static IReadOnlyList<Precision> OfCpuCodec { get; } = [Fp32];

    /// <summary>The same on GPUs. ONNX Runtime has no transposed convolution in bf16.</summary>
    public static IReadOnlyList<Precision> OfCudaCodec { get; } = [Fp32, Fp16];

    /// <summary>Name in settings, logs and answers, for example fp32.</summary>
    public string Name { get; }

    /// <summary>Element type of activations, and of caches unless <see cref="HostAttention"/> says otherwise.</summary>
    internal OnnxType Activation { get; }

    /// <summary>Bits of a linear map's weight; null if weights have the activation type.</summary>
    public int? WeightBits { get; }

    /// <inheritdoc />
    public override string ToString() => Name;
}
