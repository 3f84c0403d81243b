using System.Text.Json;

namespace DiaOrleans.Inference.Checkpoints;

/// <summary>Finds a folder's weight files and gathers their tensors.</summary>
internal static class CheckpointFiles
{
    private const string Single = "model.safetensors";
    private const string Index = "model.safetensors.index.json";

    /// <summary>
    /// The path with every link followed: a hub cache holds links, and ONNX Runtime reads only real files of one folder.
    /// </summary>
    public static string Resolve(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        }
        catch (IOException problem)
        {
            throw new CheckpointException($"{path}: the link cannot be followed: {problem.Message}", problem);
        }
    }

    /// <summary>
    /// All tensors of the folder by name: model.safetensors, else the shards of its index, else the only .safetensors file, else the only
    /// torch file.
    /// </summary>
    public static TensorTable ReadTensors(string folder)
    {
        if (!Directory.Exists(folder)) throw new CheckpointException($"{folder}: there is no such folder.");
        var single = Path.Combine(folder, Single);
        if (File.Exists(single)) return Table(single, SafetensorsFile.Read(single));
        var index = Path.Combine(folder, Index);
        if (File.Exists(index)) return new TensorTable(index, ReadShards(folder, index));
        if (OnlyFile(folder, "*.safetensors") is { } other) return Table(other, SafetensorsFile.Read(other));
        if (OnlyFile(folder, "*.pth", "*.bin") is { } torch) return Table(torch, TorchFile.Read(torch).Tensors);
        throw new CheckpointException($"{folder}: no weights found; expected {Single}, {Index} with its shards, or a .pth file.");
    }

    /// <summary>The only file that fits the patterns, null if none does.</summary>
    public static string? OnlyFile(string folder, params string[] patterns)
    {
        var found = patterns.SelectMany(p => Directory.EnumerateFiles(folder, p)).Order(StringComparer.Ordinal).ToList();
        return found.Count switch
        {
            0 => null,
            1 => found[0],
            _ => throw new CheckpointException($"{folder}: {Names(found)} could each be the weights; keep one, or name it {Single}."),
        };
    }

    private static string Names(IEnumerable<string> files) => string.Join(" and ", files.Select(Path.GetFileName));

    private static Dictionary<string, TensorEntry> ReadShards(string folder, string index)
    {
        var wanted = ReadIndex(index);
        var tensors = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        foreach (var shard in wanted.Values.Distinct().Order(StringComparer.Ordinal))
        {
            var path = Path.Combine(folder, shard);
            if (!File.Exists(path)) throw new CheckpointException($"{path}: the shard is missing; {Index} names it.");
            foreach (var tensor in SafetensorsFile.Read(path))
            {
                if (wanted.GetValueOrDefault(tensor.Name) == shard) tensors.Add(tensor.Name, tensor);
            }
        }

        foreach (var (name, file) in wanted)
        {
            if (tensors.ContainsKey(name)) continue;
            throw new CheckpointException($"{Path.Combine(folder, file)}: tensor {name} is missing; {Index} names this file for it.");
        }

        return tensors;
    }

    /// <summary>The file name of every tensor.</summary>
    private static Dictionary<string, string> ReadIndex(string index)
    {
        using var json = JsonFile.Read(index);
        var root = json.RootElement;
        var map = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("weight_map", out var found) ? found : default;
        if (map.ValueKind != JsonValueKind.Object)
            throw new CheckpointException($"{index}: weight_map, an object from tensor to file, is missing.");
        var wanted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in map.EnumerateObject())
        {
            var file = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
            if (file.Length == 0 || file != Path.GetFileName(file))
                throw new CheckpointException($"{index}: tensor {entry.Name} names the file '{file}'; a plain file name is expected.");
            wanted[entry.Name] = file;
        }

        return wanted;
    }

    private static TensorTable Table(string file, IEnumerable<TensorEntry> tensors) =>
        new(file, tensors.ToDictionary(t => t.Name, StringComparer.Ordinal));
}
