namespace DiaOrleans.Inference.Checkpoints;

/// <summary>The values of generation_config.json, else the published defaults (docs/model.md, Defaults).</summary>
/// <param name="DoSample">False if the checkpoint is meant for greedy decoding.</param>
/// <param name="Temperature">Sampling temperature.</param>
/// <param name="TopP">Nucleus mass.</param>
/// <param name="TopK">Candidates that guidance selects.</param>
/// <param name="Guidance">s of cond + s (cond - uncond).</param>
/// <param name="MaxTextBytes">The longest text that one call speaks reliably, if the checkpoint has a value.</param>
public sealed record GenerationDefaults(bool DoSample, float Temperature, float TopP, int TopK, float Guidance, int? MaxTextBytes)
{
    /// <summary>Reads a folder's generation_config.json; the published defaults if there is none.</summary>
    public static GenerationDefaults Read(string folder)
    {
        var path = Path.Combine(folder, "generation_config.json");
        if (!File.Exists(path)) return new GenerationDefaults(true, 1.2f, 0.95f, 45, 3f, null);
        using var json = JsonFile.Read(path);
        var root = JsonSection.Root(path, json);
        var defaults = new GenerationDefaults(
            root.Boolean("do_sample", true),
            (float)root.Number("temperature", 1.2),
            (float)root.Number("top_p", 0.95),
            root.Size("top_k", 45),
            (float)root.Number("guidance_scale", 3),
            root.Has("max_text_bytes") ? root.Size("max_text_bytes") : null);
        if (defaults.Temperature < 0) throw root.Bad("temperature", "0 or more");
        if (defaults.TopP is <= 0 or > 1) throw root.Bad("top_p", "more than 0, at most 1");
        return defaults;
    }
}
