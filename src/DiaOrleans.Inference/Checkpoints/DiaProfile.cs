namespace DiaOrleans.Inference.Checkpoints;

/// <summary>The two published models; docs/model.md, Profiles.</summary>
public enum DiaProfile
{
    /// <summary>nari-labs/Dia-1.6B-0626: no rotary cross-attention, cond logits are sampled.</summary>
    Dia0626,

    /// <summary>nari-labs/Dia-1.6B: rotary cross-attention, guided logits are sampled.</summary>
    Classic,
}
