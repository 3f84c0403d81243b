using System.Runtime.InteropServices;
using System.Text.Json;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>
/// The reference set's checkpoints as folders. What the set holds is used as it is; the repository's own set leaves out what follows from another file (shards, the
/// nari-named twin, the EOS variant), which is then made in a temporary folder.
/// </summary>
internal static class ReferenceCheckpoints
{
    private static readonly Lazy<string> Made = new(MakeRoot);
    private static readonly Lock Sync = new();

    public static string Folder(string name)
    {
        if (name == "dia-nano") return Path.Combine(ReferenceSet.Repository, "models", "dia-nano");
        var given = Path.Combine(ReferenceSet.Folder, name);
        if (Directory.Exists(given) && Directory.EnumerateFiles(given, "*.safetensors").Any(f => !f.EndsWith("eos-row.safetensors", StringComparison.Ordinal)) && name != "dac-tiny-original") return given;
        lock (Sync)
        {
            var folder = Path.Combine(Made.Value, name);
            if (Directory.Exists(folder)) return folder;
            Directory.CreateDirectory(folder);
            Make(name, folder);
            return folder;
        }
    }

    private static string MakeRoot()
    {
        var root = Directory.CreateTempSubdirectory("dia-reference-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(root, recursive: true);
        return root;
    }

    private static void Make(string name, string folder)
    {
        switch (name)
        {
            case "dia-0626-tiny-sharded":
                Shard(folder, Whole());
                break;
            case "dia-0626-tiny-nari":
                SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), [.. NariNames.Convert(Whole(), Config())]);
                break;
            case "dia-0626-tiny-eos":
                SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), WithEosRow(Whole()));
                break;
            case "dac-tiny-original":
                File.Copy(Path.Combine(ReferenceSet.Folder, "dac-tiny-original", "weights.pth"), Path.Combine(folder, "weights.pth"));
                return;
            case "dac-tiny-parametrized":
                File.Copy(Path.Combine(ReferenceSet.Folder, "dac-tiny-original", "weights.parametrized.safetensors"), Path.Combine(folder, "model.safetensors"));
                File.Copy(Path.Combine(ReferenceSet.Folder, "dac-tiny", "config.json"), Path.Combine(folder, "config.json"));
                return;
            default:
                throw new DirectoryNotFoundException($"The reference set in {ReferenceSet.Folder} has no {name}, and it follows from no other checkpoint.");
        }

        foreach (var json in Directory.EnumerateFiles(Path.Combine(ReferenceSet.Folder, "dia-0626-tiny"), "*.json")) File.Copy(json, Path.Combine(folder, Path.GetFileName(json)));
    }

    private static JsonElement Config() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(ReferenceSet.Folder, "dia-0626-tiny", "config.json"))).RootElement;

    private static List<(string Name, string Type, long[] Shape, byte[] Data)> Whole()
    {
        var file = VectorFile.OpenPath(Path.Combine(ReferenceSet.Folder, "dia-0626-tiny", "model.safetensors"));
        return [.. file.Names.Select(n => (n, file.Type(n), file.Shape(n), file.Bytes(n).ToArray()))];
    }

    private static void Shard(string folder, List<(string Name, string Type, long[] Shape, byte[] Data)> tensors)
    {
        string[] names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
        var halves = tensors.Chunk((tensors.Count + 1) / 2).ToArray();
        var map = new Dictionary<string, string>();
        for (var i = 0; i < names.Length; i++)
        {
            SafetensorsWriter.Write(Path.Combine(folder, names[i]), halves[i]);
            foreach (var tensor in halves[i]) map[tensor.Name] = names[i];
        }

        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), JsonSerializer.Serialize(new { metadata = new { }, weight_map = map }));
    }

    private static List<(string Name, string Type, long[] Shape, byte[] Data)> WithEosRow(List<(string Name, string Type, long[] Shape, byte[] Data)> tensors)
    {
        var row = VectorFile.OpenPath(Path.Combine(ReferenceSet.Folder, "dia-0626-tiny-eos", "eos-row.safetensors")).Bytes("logits_dense.weight.row");
        var eos = Config().GetProperty("eos_token_id").GetInt32();
        var head = tensors.Single(t => t.Name == "logits_dense.weight");
        row.CopyTo(head.Data.AsSpan(eos * row.Length));
        return tensors;
    }
}

/// <summary>The published names and kernel shapes of nari-labs, from transformers' weights; spec/model.md 2.</summary>
internal static class NariNames
{
    public static IEnumerable<(string Name, string Type, long[] Shape, byte[] Data)> Convert(IEnumerable<(string Name, string Type, long[] Shape, byte[] Data)> tensors, JsonElement config)
    {
        long channels = config.GetProperty("decoder_config").GetProperty("num_channels").GetInt32();
        foreach (var (name, type, shape, data) in tensors)
        {
            var own = name.StartsWith("model.", StringComparison.Ordinal) ? name[6..] : name;
            if (own == "decoder.embeddings.embed.weight")
            {
                for (var c = 0; c < channels; c++)
                    yield return ($"decoder.embeddings.{c}.weight", type, [shape[0] / channels, shape[1]], data[(int)(c * data.Length / channels)..(int)((c + 1) * data.Length / channels)]);
            }
            else if (own == "logits_dense.weight")
            {
                yield return ("decoder.logits_dense.weight", type, [shape[1], channels, shape[0] / channels], Transpose(data, shape));
            }
            else if (shape.Length == 2 && own != "encoder.embedding.weight")
            {
                yield return (own.Replace("gate_up_proj", "wi_fused").Replace("down_proj", "wo"), type, Kernel(own, shape, config), Transpose(data, shape));
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
        var (rows, columns) = ((int)shape[0], (int)shape[1]);
        var from = MemoryMarshal.Cast<byte, float>(data);
        var to = new float[from.Length];
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c];
        }

        return MemoryMarshal.AsBytes(to.AsSpan()).ToArray();
    }
}
