using System.Collections.Frozen;

namespace DiaOrleans.Server.Recognition.ModelFiles;

/// <summary>A model file that whisper.cpp publishes.</summary>
/// <param name="File">Its name.</param>
/// <param name="Sha1">SHA-1 of the file, lower-case hexadecimal, from models/README.md of whisper.cpp.</param>
internal sealed record PublishedModel(string File, string Sha1);

/// <summary>The models that whisper.cpp publishes.</summary>
internal static class PublishedModels
{
    /// <summary>Address of the folder of the files.</summary>
    public static readonly Uri Home = new("https://huggingface.co/ggerganov/whisper.cpp/resolve/main/");

    /// <summary>The models by the names of their sizes.</summary>
    public static readonly FrozenDictionary<string, PublishedModel> BySize = new Dictionary<string, PublishedModel>
    {
        ["tiny"] = new("ggml-tiny.bin", "bd577a113a864445d4c299885e0cb97d4ba92b5f"),
        ["base"] = new("ggml-base.bin", "465707469ff3a37a2b9b8d8f89f2f99de7299dac"),
        ["small"] = new("ggml-small.bin", "55356645c2b361a969dfd0ef2c5a50d530afd8d5"),
        ["medium"] = new("ggml-medium.bin", "fd9727b6e1217c2f614f9b698455c4ffd82463b4"),
        ["large"] = new("ggml-large-v3.bin", "ad82bf6a9043ceed055076d0fd39f5f186ff8062"),
    }.ToFrozenDictionary();
}
