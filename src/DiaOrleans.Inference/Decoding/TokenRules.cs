namespace DiaOrleans.Inference.Decoding;

/// <summary>The special ids, and whose rules choose among the others.</summary>
/// <param name="Bos">Begins a channel.</param>
/// <param name="Eos">Ends a channel; only channel 0 chooses it.</param>
/// <param name="Pad">Stands behind the end.</param>
/// <param name="CodebookSize">Ids below it are codes.</param>
/// <param name="Vocab">All ids.</param>
/// <param name="Classic">The classic line's rules (spec/model.md 3.9), else 0626's (4.3).</param>
public sealed record TokenRules(int Bos, int Eos, int Pad, int CodebookSize, int Vocab, bool Classic);
