using System.Text.RegularExpressions;
using DiaOrleans.Server.Models.Downloading;

namespace DiaOrleans.Server.Models.Hub;

/// <summary>Selects the files of a published model that the server reads: of several forms of the same weights only one.</summary>
internal static partial class NeededFiles
{
    /// <summary>The file that decides what a folder is.</summary>
    public const string Config = "config.json";

    /// <summary>Names the codec of a checkpoint.</summary>
    public const string CodecName = "audio_tokenizer_config.json";

    private const string Index = "model.safetensors.index.json";

    private static readonly string[] Small = [Config, CodecName, "generation_config.json", "preprocessor_config.json"];

    /// <summary>The files of a folder of the model.</summary>
    /// <param name="files">All files.</param>
    /// <param name="folder">The folder, empty for the model's own.</param>
    public static IReadOnlyList<RemoteFile> Select(IReadOnlyList<RemoteFile> files, string folder = "")
    {
        var prefix = string.Concat(folder.Split('/').Where(part => part is not ("" or ".")).Select(part => part + "/"));
        var here = files
            .Where(file => file.Path.StartsWith(prefix, StringComparison.Ordinal) && !file.Path[prefix.Length..].Contains('/'))
            .ToDictionary(file => file.Path[prefix.Length..]);
        var small = Small.Where(here.ContainsKey).Select(name => here[name]);
        return [.. small, .. SelectWeights(here)];
    }

    /// <summary>In the order in which the checkpoint readers look for weights.</summary>
    private static IEnumerable<RemoteFile> SelectWeights(Dictionary<string, RemoteFile> here)
    {
        if (here.TryGetValue("model.safetensors", out var single)) return [single];
        if (here.TryGetValue(Index, out var index)) return [index, .. Matching(here, Shard())];
        string[] patterns = [".safetensors", ".pth", ".bin"];
        return patterns.Select(end => here.Where(file => file.Key.EndsWith(end, StringComparison.Ordinal)).ToArray())
            .FirstOrDefault(found => found.Length == 1)?
            .Select(file => file.Value) ?? [];
    }

    private static IEnumerable<RemoteFile> Matching(Dictionary<string, RemoteFile> here, Regex name) =>
        here.Where(file => name.IsMatch(file.Key)).OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => file.Value);

    [GeneratedRegex(@"^model-\d+-of-\d+\.safetensors$")]
    private static partial Regex Shard();
}
