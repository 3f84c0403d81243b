namespace DiaOrleans.Inference.Checkpoints;

/// <summary>What a sound checkpoint must fulfil besides, to be served here.</summary>
internal static class Servable
{
    private const int HeadDimStep = 16;

    /// <exception cref="CheckpointException">ONNX Runtime cannot compute the decoder's attention.</exception>
    public static void RequireHeads(string folder, DiaConfig config)
    {
        var head = config.Decoder.HeadDim;
        if (head % HeadDimStep == 0) return;
        throw new CheckpointException(
            $"{folder}: the decoder's head size is {head}; ONNX Runtime's GroupQueryAttention serves multiples of {HeadDimStep} only.");
    }

    /// <exception cref="CheckpointException">The codec reads more or fewer channels than the model writes.</exception>
    public static void RequireChannels(string folder, DiaConfig config, string codecFolder, DacConfig codec)
    {
        if (codec.Codebooks == config.Decoder.Channels) return;
        throw new CheckpointException($"{codecFolder}: the codec has {codec.Codebooks} codebooks, the model in {folder} {config.Decoder.Channels} channels.");
    }
}
