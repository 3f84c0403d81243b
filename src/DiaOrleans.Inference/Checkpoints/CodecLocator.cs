namespace DiaOrleans.Inference.Checkpoints;

/// <summary>Finds the codec that belongs to a checkpoint.</summary>
public static class CodecLocator
{
    /// <summary>
    /// The folder that audio_tokenizer_config.json names, if it lies inside the model's folder; else
    /// <paramref name="configuredCodecFolder"/>.
    /// </summary>
    /// <exception cref="CheckpointException">Neither exists.</exception>
    public static string Find(string modelFolder, string? configuredCodecFolder)
    {
        var named = Named(modelFolder);
        if (named is not null && Inside(modelFolder, named) is { } inside) return inside;
        if (configuredCodecFolder is not null)
        {
            if (Directory.Exists(configuredCodecFolder)) return configuredCodecFolder;
            throw new CheckpointException($"{configuredCodecFolder}: there is no such codec folder.");
        }

        var found = named is null ? "no audio_tokenizer_config.json" : $"its audio_tokenizer_config.json names {named}";
        throw new CheckpointException(
            $"{modelFolder}: the checkpoint has no codec ({found}). "
            + "Get descript/dac_44khz with model pull, or name its folder with --codec.");
    }

    /// <summary>What the checkpoint's audio_tokenizer_config.json names: a folder, or a published codec; or null.</summary>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static string? Named(string modelFolder)
    {
        var path = Path.Combine(modelFolder, "audio_tokenizer_config.json");
        if (!File.Exists(path)) return null;
        using var json = JsonFile.Read(path);
        return JsonSection.Root(path, json).String("audio_tokenizer_name_or_path");
    }

    /// <summary>The folder inside the checkpoint's own that <paramref name="named"/> is, or null.</summary>
    public static string? Inside(string modelFolder, string named)
    {
        if (Path.IsPathRooted(named) || named.Contains('\0')) return null;
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(modelFolder)) + Path.DirectorySeparatorChar;
        var folder = Path.GetFullPath(Path.Combine(root, named));
        return folder.StartsWith(root, StringComparison.Ordinal) && Directory.Exists(folder) ? folder : null;
    }
}
