namespace DiaOrleans.Inference.Checkpoints;

/// <summary>Conditions beyond a valid checkpoint, without which this engine cannot serve it.</summary>
internal static class Servable
{
    private const int HeadDimStep = 16;

    /// <summary>Checks the decoder's head size.</summary>
    /// <exception cref="CheckpointException">ONNX Runtime cannot compute the decoder's attention.</exception>
    public static void RequireHeads(string folder, DiaConfig config)
    {
        var head = config.Decoder.HeadDim;
        if (head % HeadDimStep == 0) return;
        throw new CheckpointException(
            $"{folder}: the decoder's head size is {head}; ONNX Runtime's GroupQueryAttention serves multiples of {HeadDimStep} only.");
    }

    /// <summary>Checks that model and codec have the same channels.</summary>
    /// <exception cref="CheckpointException">The codec has another number of channels than the model.</exception>
    public static void RequireChannels(string folder, DiaConfig config, string codecFolder, DacConfig codec)
    {
        if (codec.Codebooks == config.Decoder.Channels) return;
        throw new CheckpointException(
            $"{codecFolder}: the codec has {codec.Codebooks} codebooks, the model in {folder} has {config.Decoder.Channels} channels.");
    }
}
