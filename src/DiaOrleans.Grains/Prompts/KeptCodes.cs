using DiaOrleans.Abstractions.Prompts;

namespace DiaOrleans.Grains.Prompts;

/// <summary>
/// The codes that are kept of one audio prompt, so that workers with different codecs do not replace each other's. Immutable.
/// </summary>
internal sealed class KeptCodes
{
    /// <summary>The codes of at most this many codecs are kept. Those of one codec take up to about 100 kB.</summary>
    public const int MaxCodecs = 4;

    /// <summary>No codes.</summary>
    public static readonly KeptCodes None = new([]);

    /// <summary>At most one entry for a codec, the oldest first.</summary>
    private readonly IReadOnlyList<PromptCodes> _byCodec;

    private KeptCodes(IReadOnlyList<PromptCodes> byCodec) => _byCodec = byCodec;

    /// <summary>True if there are no codes.</summary>
    public bool IsEmpty => _byCodec.Count == 0;

    /// <summary>The codes in a stored state of any version.</summary>
    public static KeptCodes FromState(AudioPromptCodesState state) => new(state.Codes is { } only ? [only] : [.. state.ByCodec]);

    /// <summary>The state to store.</summary>
    public AudioPromptCodesState ToState() => new() { ByCodec = [.. _byCodec] };

    /// <summary>The codes that a codec made of a recording, or null.</summary>
    public PromptCodes? Find(string recordingHash, string codecFingerprint) =>
        _byCodec.FirstOrDefault(codes => codes.RecordingHash == recordingHash && codes.CodecFingerprint == codecFingerprint);

    /// <summary>
    /// These codes and <paramref name="made"/>, without codes of other recordings, and without the oldest above <see cref="MaxCodecs"/>.
    /// </summary>
    public KeptCodes With(PromptCodes made)
    {
        var others = _byCodec.Where(codes => codes.RecordingHash == made.RecordingHash && codes.CodecFingerprint != made.CodecFingerprint);
        return new KeptCodes([.. others.TakeLast(MaxCodecs - 1), made]);
    }
}
