using System.Runtime.InteropServices;

namespace DiaOrleans.Inference.Checkpoints;

/// <summary>
/// Weights for measuring speed: every tensor is a part of one file of small random numbers. Each starts at another offset, because ONNX
/// Runtime shares the memory of equal weights, which would make the model smaller and faster than a real one.
/// </summary>
internal sealed class RandomWeights : ITensorNames
{
    private const float Range = 0.02f;
    private const int Step = 4096;
    private const int Offsets = 1024;

    private readonly string _file;
    private int _next;

    /// <param name="file">File to write.</param>
    /// <param name="seed">Seed of the numbers.</param>
    /// <param name="largest">Elements of the largest tensor.</param>
    public RandomWeights(string file, int seed, long largest)
    {
        _file = file;
        using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
        var random = new Random(seed);
        var block = new float[1 << 16];
        for (var left = largest + (long)Step * Offsets; left > 0; left -= block.Length)
        {
            for (var i = 0; i < block.Length; i++) block[i] = (2 * random.NextSingle() - 1) * Range;
            stream.Write(MemoryMarshal.AsBytes(block.AsSpan(0, (int)Math.Min(left, block.Length))));
        }
    }

    public LinearWeight Linear(string module, LinearShape shape) =>
        new(Next(module, shape.Outputs, shape.Inputs), shape.Inputs, shape.Outputs, OutputMajor: true);

    public TensorEntry Vector(string module, int size) => Next(module, size);

    public TensorEntry TextEmbedding(EncoderShape shape) => Next("encoder.embedding", shape.Vocab, shape.Hidden);

    public IReadOnlyList<TensorEntry> AudioEmbeddings(DecoderShape shape) =>
        [Next("decoder.embeddings", (long)shape.Channels * shape.Vocab, shape.Hidden)];

    private TensorEntry Next(string name, params long[] shape)
    {
        var offset = (long)(_next++ % Offsets) * Step * sizeof(float);
        return new TensorEntry(name, ElementType.F32, shape, _file, offset, sizeof(float) * shape.Aggregate(1L, (a, b) => a * b));
    }
}
