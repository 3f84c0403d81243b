namespace DiaOrleans.Transcription;

/// <summary>A stretch of speech that was recognised. Times are seconds from the recording's start.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Text">What is said, as the model writes it: usually with a space in front.</param>
/// <param name="Words">Its words in order, each as written in <paramref name="Text"/>; empty where the text does not fall into words.</param>
public sealed record SpokenSegment(double Start, double End, string Text, IReadOnlyList<SpokenWord> Words);

/// <summary>A word of a segment, with the space in front of it. Times are estimates, in seconds from the recording's start.</summary>
public sealed record SpokenWord(double Start, double End, string Text);
