using System.Globalization;
using System.Text.RegularExpressions;

namespace DiaOrleans.Inference.Checkpoints;

/// <summary>
/// Finds a codec's weights under transformers' names or descript's, fused or as weight-norm pairs; docs/model.md, Codec: weights.
/// </summary>
internal sealed partial class DacTensorNames(TensorTable table, DacConfig config)
{
    private readonly bool _descript = table.Find("decoder.model.0.bias") is not null;

    /// <summary>A convolution of the shape of its fused weight.</summary>
    public ConvWeight Conv(string name, long[] shape, bool transposed)
    {
        var own = Own(name);
        var bias = table.Take($"{own}.bias", [shape[transposed ? 1 : 0]]);
        if (table.Has($"{own}.weight")) return new ConvWeight(table.Take($"{own}.weight", shape), null, null, bias, shape);
        var gain = table.Find($"{own}.weight_g", $"{own}.parametrizations.weight.original0");
        var direction = table.Find($"{own}.weight_v", $"{own}.parametrizations.weight.original1");
        if (gain is null || direction is null) throw table.Missing($"{own}.weight");
        return new ConvWeight(null, table.Check(gain, [shape[0], 1, 1]), table.Check(direction, shape), bias, shape);
    }

    /// <summary>A Snake's α, [1, channels, 1].</summary>
    public TensorEntry Alpha(string name, long channels) => table.Take($"{Own(name)}.alpha", [1, channels, 1]);

    /// <summary>A codebook, [codebookSize, codebookDim].</summary>
    public TensorEntry Codebook(int index) =>
        table.Take($"quantizer.quantizers.{index}.codebook.weight", [config.CodebookSize, config.CodebookDim]);

    private string Own(string name) => _descript ? Descript(name) : name;

    /// <summary>descript numbers modules by their index in a sequence; transformers names them.</summary>
    private string Descript(string name)
    {
        if (name.StartsWith("quantizer.", StringComparison.Ordinal)) return name;
        var encoder = name.StartsWith("encoder.", StringComparison.Ordinal);
        var list = encoder ? "encoder.block" : "decoder.model";
        var blocks = (encoder ? config.DownsamplingRatios : config.UpsamplingRatios).Count;
        if (BlockName().Match(name) is { Success: true } match)
        {
            var block = $"{list}.{int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) + 1}.block";
            var inside = match.Groups[2].Value;
            if (UnitName().Match(inside) is { Success: true } unit)
            {
                var index = int.Parse(unit.Groups[1].Value, CultureInfo.InvariantCulture) - 1 + (encoder ? 0 : 2);
                var part = unit.Groups[2].Value switch { "snake1" => 0, "conv1" => 1, "snake2" => 2, _ => 3 };
                return $"{block}.{index}.block.{part}";
            }

            return (encoder, inside) switch
            {
                (true, "snake1") => $"{block}.3",
                (true, _) => $"{block}.4",
                (false, "snake1") => $"{block}.0",
                _ => $"{block}.1",
            };
        }

        return name[8..] switch
        {
            "conv1" => $"{list}.0",
            "snake1" => $"{list}.{blocks + 1}",
            _ => $"{list}.{blocks + 2}",
        };
    }

    [GeneratedRegex(@"^\w+\.block\.(\d+)\.(.+)$")]
    private static partial Regex BlockName();

    [GeneratedRegex(@"^res_unit(\d)\.(\w+)$")]
    private static partial Regex UnitName();
}
