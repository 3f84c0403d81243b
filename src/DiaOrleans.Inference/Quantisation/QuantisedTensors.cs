using DiaOrleans.Inference.Checkpoints;

namespace DiaOrleans.Inference.Quantisation;

/// <summary>
/// The tensors of a quantised file by the names of the checkpoint's modules: linear maps in codes and scales, all others in F32.
/// </summary>
internal sealed class QuantisedTensors(TensorTable table, BlockLayout layout) : ITensorNames
{
    /// <summary>Name of the text embedding.</summary>
    public const string Text = "text_embedding";
    /// <summary>Name of the audio embeddings of all channels, one below the other.</summary>
    public const string Audio = "audio_embeddings";

    /// <summary>Name of a linear map's codes.</summary>
    public static string Codes(string module) => $"{module}.codes";

    /// <summary>Name of a linear map's scales.</summary>
    public static string Scales(string module) => $"{module}.scales";

    /// <inheritdoc />
    public LinearWeight Linear(string module, LinearShape shape)
    {
        var codes = table.TakeBytes(Codes(module), layout.CodesShape(shape.Inputs, shape.Outputs));
        var scales = table.Take(Scales(module), layout.ScalesShape(shape.Inputs, shape.Outputs));
        return new LinearWeight(codes, shape.Inputs, shape.Outputs, OutputMajor: true)
        {
            Blocks = new QuantisedBlocks(layout.Bits, BlockQuantiser.BlockSize, layout.Order, scales),
        };
    }

    /// <inheritdoc />
    public TensorEntry Vector(string module, int size) => table.Take(module, [size]);

    /// <inheritdoc />
    public TensorEntry TextEmbedding(EncoderShape shape) => table.Take(Text, [shape.Vocab, shape.Hidden]);

    /// <inheritdoc />
    public IReadOnlyList<TensorEntry> AudioEmbeddings(DecoderShape shape) =>
        [table.Take(Audio, [(long)shape.Channels * shape.Vocab, shape.Hidden])];
}
