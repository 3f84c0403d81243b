using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Scripts;

/// <summary>
/// Cuts a script that is longer than the model speaks well into segments of about equal length: between turns if that is enough, between
/// paragraphs and sentences of a longer turn, and inside a sentence only if it is still too long; docs/api.md, Long and short texts. A
/// pause is always between two segments. Nothing is dropped; every segment is tagged like a script.
/// </summary>
internal static class ScriptSegments
{
    // What a cut of each kind costs, as a share of the square of the longest segment: so much less equal may the lengths be for a better
    // kind. Two segments that differ by half of the longest cost an eighth more than two equal ones.
    private static readonly double[] CutCosts = [0, 0.1, 0.25, 0.6, 1, 1];

    /// <summary>Segments of a script, in order; the script itself if it is short enough and has no pause.</summary>
    /// <param name="script">Tagged by <see cref="ScriptText.Tag"/>.</param>
    /// <param name="breaks">Paragraphs and pauses of its text.</param>
    /// <param name="maxBytes">The most own bytes of a segment; at least 8.</param>
    /// <param name="maxIds">The most ids of a script that is left as it is. A segment that was cut has hardly more than twice as many ids
    /// as own bytes.</param>
    public static IReadOnlyList<ScriptSegment> Cut(
        ScriptSegment script,
        IReadOnlyList<ScriptBreak> breaks,
        int maxBytes,
        int maxIds = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 8);
        var hasPauses = breaks.Any(place => place.Pause > TimeSpan.Zero);
        if (!hasPauses && script.OwnBytes <= maxBytes && script.Ids.Length <= maxIds) return [script];
        TaggedPiece[] pieces = [.. Turn.Split(script.Text, breaks).SelectMany(turn => Cut(turn, maxBytes))];
        return [.. Pack(pieces, maxBytes).Select(Join)];
    }

    private static IEnumerable<TaggedPiece> Cut(Turn turn, int maxBytes)
    {
        var pause = turn.PauseBefore;
        var paragraphs = TextIds.OwnTextBytes(turn.Text) <= maxBytes ? [turn.Text] : turn.Paragraphs;
        var start = CutKind.Turn;
        foreach (var paragraph in paragraphs)
        {
            foreach (var piece in SentencePieces.Cut(paragraph, maxBytes, start))
            {
                yield return new TaggedPiece(turn.Tag, piece, pause);
                pause = TimeSpan.Zero;
            }

            start = CutKind.Paragraph;
        }
    }

    /// <summary>
    /// The smallest possible number of segments; of all ways to cut that many, the one whose lengths differ least and whose cuts are at
    /// the best places.
    /// </summary>
    private static IEnumerable<ArraySegment<TaggedPiece>> Pack(TaggedPiece[] pieces, int maxBytes)
    {
        // best[i]: the best way to cut pieces i.. into segments.
        var best = new Packing[pieces.Length + 1];
        for (var start = pieces.Length - 1; start >= 0; start--)
        {
            best[start] = new Packing(int.MaxValue, 0, 0);
            var bytes = 0;
            var cut = start == 0 ? 0 : CutCosts[(int)pieces[start].Piece.Start] * maxBytes * maxBytes;
            for (var end = start; end < pieces.Length; end++)
            {
                // A space joins two pieces.
                bytes += pieces[end].Piece.Bytes + (end > start ? 1 : 0);
                if (end > start && (bytes > maxBytes || pieces[end].PauseBefore > TimeSpan.Zero)) break;
                var packing = new Packing(best[end + 1].Count + 1, best[end + 1].Cost + cut + (double)bytes * bytes, end + 1);
                if (packing.IsBetterThan(best[start])) best[start] = packing;
            }
        }

        for (var start = 0; start < pieces.Length; start = best[start].Next)
            yield return new ArraySegment<TaggedPiece>(pieces, start, best[start].Next - start);
    }

    private static ScriptSegment Join(ArraySegment<TaggedPiece> pieces)
    {
        var text = "";
        string? speaker = null;
        foreach (var (tag, piece, _) in pieces)
        {
            if (text.Length > 0) text += " ";
            text += tag == speaker ? piece.Text : $"{tag} {piece.Text}";
            speaker = tag;
        }

        return ScriptSegment.Encode(ScriptText.Tag(text, speaker!)) with { PauseBefore = pieces[0].PauseBefore };
    }

    private readonly record struct TaggedPiece(string Tag, TextPiece Piece, TimeSpan PauseBefore);

    /// <param name="Count">Segments.</param>
    /// <param name="Cost">Sum of their squared lengths and of what the cuts cost.</param>
    /// <param name="Next">First piece of the second segment.</param>
    private readonly record struct Packing(int Count, double Cost, int Next)
    {
        public bool IsBetterThan(Packing other) => Count < other.Count || (Count == other.Count && Cost < other.Cost);
    }
}
