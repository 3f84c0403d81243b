using System.Runtime.InteropServices;
using System.Text.Json;
using NamedTensor = (string Name, string Type, long[] Shape, byte[] Data);

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>The published names and kernel shapes of nari-labs, from transformers' weights; docs/model.md, Weights of Dia.</summary>
internal static class NariNames
{
    public static IEnumerable<NamedTensor> Convert(IEnumerable<NamedTensor> tensors, JsonElement config)
    {
        long channels = config.GetProperty("decoder_config").GetProperty("num_channels").GetInt32();
        foreach (var (name, type, shape, data) in tensors)
        {
            var own = name.StartsWith("model.", StringComparison.Ordinal) ? name[6..] : name;
            if (own == "decoder.embeddings.embed.weight")
            {
                var size = (int)(data.Length / channels);
                for (var c = 0; c < channels; c++)
                {
                    var part = data[(c * size)..((c + 1) * size)];
                    yield return ($"decoder.embeddings.{c}.weight", type, [shape[0] / channels, shape[1]], part);
                }
            }
            else if (own == "logits_dense.weight")
            {
                yield return ("decoder.logits_dense.weight", type, [shape[1], channels, shape[0] / channels], Transpose(data, shape));
            }
            else if (shape.Length == 2 && own != "encoder.embedding.weight")
            {
                yield return (
                    own.Replace("gate_up_proj", "wi_fused").Replace("down_proj", "wo"),
                    type,
                    Kernel(own, shape, config),
                    Transpose(data, shape));
            }
            else
            {
                yield return (own, type, shape, data);
            }
        }
    }

    private static long[] Kernel(string name, long[] shape, JsonElement config)
    {
        if (name.Contains("gate_up_proj")) return [shape[1], 2, shape[0] / 2];
        if (name.Contains("down_proj")) return [shape[1], shape[0]];
        var part = config.GetProperty(name.StartsWith("encoder", StringComparison.Ordinal) ? "encoder_config" : "decoder_config");
        long head = part.GetProperty(name.Contains("cross_attention") ? "cross_head_dim" : "head_dim").GetInt32();
        return name.Contains("o_proj") ? [shape[1] / head, head, shape[0]] : [shape[1], shape[0] / head, head];
    }

    private static byte[] Transpose(byte[] data, long[] shape)
    {
        var rows = (int)shape[0];
        var columns = (int)shape[1];
        var from = MemoryMarshal.Cast<byte, float>(data);
        var to = new float[from.Length];
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c];
        }

        return MemoryMarshal.AsBytes(to.AsSpan()).ToArray();
    }
}
