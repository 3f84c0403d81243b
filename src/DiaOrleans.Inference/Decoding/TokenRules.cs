namespace DiaOrleans.Inference.Decoding;

/// <summary>A model's tokens.</summary>
/// <param name="Bos">Fills a channel until its delay has passed.</param>
/// <param name="Eos">Ends speech; only channel 0 may draw it.</param>
/// <param name="Pad">Fills a channel after its EOS.</param>
/// <param name="CodebookSize">Ids below it are codes.</param>
/// <param name="Vocab">Ids below it have a logit.</param>
/// <param name="Classic">Rules of the April 2025 model (docs/model.md, The classic profile) instead of those of 0626.</param>
public sealed record TokenRules(int Bos, int Eos, int Pad, int CodebookSize, int Vocab, bool Classic)
{
    /// <summary>What the classic rules multiply channel 0's guided EOS logit by, whatever its sign.</summary>
    public const float ClassicEosFactor = 0.8f;

    /// <summary>Whether a channel may draw this id.</summary>
    public bool IsDrawable(int channel, int id) => id < CodebookSize || (channel == 0 && id == Eos);
}
