using System.Text.Json;
using NamedTensor = (string Name, string Type, long[] Shape, byte[] Data);

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>
/// The reference set's checkpoints as folders. Checkpoints of the set are used in place. The repository's own set leaves out those that can
/// be derived from others (shards, the twin under nari-labs' names, the EOS variant); they are made in a temporary folder.
/// </summary>
internal static class ReferenceCheckpoints
{
    private static readonly Lazy<string> Made = new(MakeRoot);
    private static readonly Lock Sync = new();

    public static string Folder(string name)
    {
        if (name == "dia-nano") return Path.Combine(ReferenceSet.Repository, "models", "dia-nano");
        var given = Path.Combine(ReferenceSet.Folder, name);
        if (name != "dac-tiny-original" && HasWeights(given)) return given;
        lock (Sync)
        {
            var folder = Path.Combine(Made.Value, name);
            if (Directory.Exists(folder)) return folder;
            Directory.CreateDirectory(folder);
            Make(name, folder);
            return folder;
        }
    }

    private static bool HasWeights(string folder) => Directory.Exists(folder) &&
        Directory.EnumerateFiles(folder, "*.safetensors").Any(f => !f.EndsWith("eos-row.safetensors", StringComparison.Ordinal));

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
                File.Copy(
                    Path.Combine(ReferenceSet.Folder, "dac-tiny-original", "weights.parametrized.safetensors"),
                    Path.Combine(folder, "model.safetensors"));
                File.Copy(Path.Combine(ReferenceSet.Folder, "dac-tiny", "config.json"), Path.Combine(folder, "config.json"));
                return;
            default:
                throw new DirectoryNotFoundException($"The reference set in {ReferenceSet.Folder} has no {name}.");
        }

        foreach (var json in Directory.EnumerateFiles(Path.Combine(ReferenceSet.Folder, "dia-0626-tiny"), "*.json"))
        {
            File.Copy(json, Path.Combine(folder, Path.GetFileName(json)));
        }
    }

    private static JsonElement Config() =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(ReferenceSet.Folder, "dia-0626-tiny", "config.json"))).RootElement;

    private static List<NamedTensor> Whole()
    {
        var file = VectorFile.OpenPath(Path.Combine(ReferenceSet.Folder, "dia-0626-tiny", "model.safetensors"));
        return [.. file.Names.Select(n => (n, file.Type(n), file.Shape(n), file.Bytes(n).ToArray()))];
    }

    private static void Shard(string folder, List<NamedTensor> tensors)
    {
        string[] names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
        var halves = tensors.Chunk((tensors.Count + 1) / 2).ToArray();
        var map = new Dictionary<string, string>();
        for (var i = 0; i < names.Length; i++)
        {
            SafetensorsWriter.Write(Path.Combine(folder, names[i]), halves[i]);
            foreach (var tensor in halves[i]) map[tensor.Name] = names[i];
        }

        File.WriteAllText(
            Path.Combine(folder, "model.safetensors.index.json"),
            JsonSerializer.Serialize(new { metadata = new { }, weight_map = map }));
    }

    private static List<NamedTensor> WithEosRow(List<NamedTensor> tensors)
    {
        var file = Path.Combine(ReferenceSet.Folder, "dia-0626-tiny-eos", "eos-row.safetensors");
        var row = VectorFile.OpenPath(file).Bytes("logits_dense.weight.row");
        var eos = Config().GetProperty("eos_token_id").GetInt32();
        var head = tensors.Single(t => t.Name == "logits_dense.weight");
        row.CopyTo(head.Data.AsSpan(eos * row.Length));
        return tensors;
    }
}
