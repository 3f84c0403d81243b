namespace DiaOrleans.Inference.Checkpoints;

/// <summary>Conditions beyond a valid checkpoint, without which this engine cannot serve it.</summary>
internal static class Servable
{
    // Rotary positions inside the operator need twice the multiple that its attention needs.
    private const int RotatedHeadDimStep = 16;
    private const int HeadDimStep = 8;

    /// <summary>Checks the decoder's head sizes.</summary>
    /// <exception cref="CheckpointException">ONNX Runtime cannot compute the decoder's attention.</exception>
    public static void RequireHeads(string folder, DiaConfig config)
    {
        Require(folder, "head size", config.Decoder.HeadDim, RotatedHeadDimStep);
        Require(folder, "head size of cross-attention", config.Decoder.CrossHeadDim, HeadDimStep);
    }

    /// <summary>Checks that model and codec have the same channels.</summary>
    /// <exception cref="CheckpointException">The codec has another number of channels than the model.</exception>
    public static void RequireChannels(string folder, DiaConfig config, string codecFolder, DacConfig codec)
    {
        if (codec.Codebooks == config.Decoder.Channels) return;
        throw new CheckpointException(
            $"{codecFolder}: the codec has {codec.Codebooks} codebooks, the model in {folder} has {config.Decoder.Channels} channels.");
    }

    private static void Require(string folder, string what, int size, int step)
    {
        if (size % step == 0) return;
        throw new CheckpointException(
            $"{folder}: the decoder's {what} is {size}; ONNX Runtime's GroupQueryAttention serves multiples of {step} only.");
    }
}
