namespace DiaOrleans.Inference.Decoding;

/// <summary>Guidance and sampling; docs/model.md, Guidance and sampling.</summary>
/// <param name="Guidance">s of cond + s (cond - uncond); 0 turns guidance off.</param>
/// <param name="Temperature">Divides the logits; 0 takes the most probable token.</param>
/// <param name="TopP">Nucleus mass, above 0, at most 1.</param>
/// <param name="TopK">Number of candidates that guidance selects.</param>
public sealed record SamplingSettings(float Guidance = 3f, float Temperature = 1.2f, float TopP = 0.95f, int TopK = 45);
