namespace DiaOrleans.Transcription;

/// <summary>A recognised segment of speech. Times are seconds from the start of the recording.</summary>
/// <param name="Start">Start of the segment.</param>
/// <param name="End">End of the segment.</param>
/// <param name="Text">The text as the model writes it, usually with a leading space.</param>
/// <param name="Words">The words in order, which together are <paramref name="Text"/>; empty if the text cannot be divided into
/// words.</param>
public sealed record SpokenSegment(double Start, double End, string Text, IReadOnlyList<SpokenWord> Words);

/// <summary>A word of a segment. Times are estimates, in seconds from the start of the recording.</summary>
/// <param name="Start">Start of the word.</param>
/// <param name="End">End of the word.</param>
/// <param name="Text">The word with its leading space.</param>
public sealed record SpokenWord(double Start, double End, string Text);
