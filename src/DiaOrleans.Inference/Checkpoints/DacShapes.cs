namespace DiaOrleans.Inference.Checkpoints;

/// <summary>Every weight that a codec configuration implies; docs/model.md, Codec: blocks and Codec: quantiser.</summary>
internal static class DacShapes
{
    private const int Units = 3;

    public static IEnumerable<(string Name, long[] Shape, bool Transposed)> Convolutions(DacConfig config)
    {
        long width = config.EncoderHidden;
        yield return ("encoder.conv1", [width, 1, 7], false);
        for (var block = 0; block < config.DownsamplingRatios.Count; block++)
        {
            foreach (var unit in ResidualUnits($"encoder.block.{block}", width)) yield return unit;
            yield return ($"encoder.block.{block}.conv1", [2 * width, width, 2 * config.DownsamplingRatios[block]], false);
            width *= 2;
        }

        yield return ("encoder.conv2", [config.HiddenSize, width, 3], false);
        for (var q = 0; q < config.Codebooks; q++)
        {
            yield return ($"quantizer.quantizers.{q}.in_proj", [config.CodebookDim, config.HiddenSize, 1], false);
            yield return ($"quantizer.quantizers.{q}.out_proj", [config.HiddenSize, config.CodebookDim, 1], false);
        }

        width = config.DecoderHidden;
        yield return ("decoder.conv1", [width, config.HiddenSize, 7], false);
        for (var block = 0; block < config.UpsamplingRatios.Count; block++)
        {
            yield return ($"decoder.block.{block}.conv_t1", [width, width / 2, 2 * config.UpsamplingRatios[block]], true);
            width /= 2;
            foreach (var unit in ResidualUnits($"decoder.block.{block}", width)) yield return unit;
        }

        yield return ("decoder.conv2", [1, width, 7], false);
    }

    public static IEnumerable<(string Name, long Channels)> Alphas(DacConfig config)
    {
        long width = config.EncoderHidden;
        for (var block = 0; block < config.DownsamplingRatios.Count; block++, width *= 2)
        {
            foreach (var name in UnitAlphas($"encoder.block.{block}")) yield return (name, width);
            yield return ($"encoder.block.{block}.snake1", width);
        }

        yield return ("encoder.snake1", width);
        width = config.DecoderHidden;
        for (var block = 0; block < config.UpsamplingRatios.Count; block++)
        {
            yield return ($"decoder.block.{block}.snake1", width);
            width /= 2;
            foreach (var name in UnitAlphas($"decoder.block.{block}")) yield return (name, width);
        }

        yield return ("decoder.snake1", width);
    }

    private static IEnumerable<(string, long[], bool)> ResidualUnits(string block, long width)
    {
        for (var unit = 1; unit <= Units; unit++)
        {
            yield return ($"{block}.res_unit{unit}.conv1", [width, width, 7], false);
            yield return ($"{block}.res_unit{unit}.conv2", [width, width, 1], false);
        }
    }

    private static IEnumerable<string> UnitAlphas(string block)
    {
        for (var unit = 1; unit <= Units; unit++)
        {
            yield return $"{block}.res_unit{unit}.snake1";
            yield return $"{block}.res_unit{unit}.snake2";
        }
    }
}
