using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Scripts;

/// <summary>
/// Cuts a script that is longer than the model speaks well into segments of about equal length: between turns if that is enough, between
/// sentences of a longer turn, and inside a sentence only if it is still too long; spec/api.md 3.2. Nothing is dropped; every segment is
/// tagged like a script.
/// </summary>
internal static class ScriptSegments
{
    /// <summary>Segments of a script, in order; the script itself if it is short enough.</summary>
    /// <param name="script">Tagged by <see cref="ScriptText.Tag"/>.</param>
    /// <param name="maxBytes">The most own bytes of a segment; at least 8.</param>
    /// <param name="maxIds">The most ids of a script that is left as it is. A segment that was cut has hardly more than twice as many ids
    /// as own bytes.</param>
    public static IReadOnlyList<ScriptSegment> Cut(ScriptSegment script, int maxBytes, int maxIds = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 8);
        if (script.OwnBytes <= maxBytes && script.Ids.Length <= maxIds) return [script];
        TaggedPiece[] pieces =
        [
            .. SplitTurns(script.Text)
                .SelectMany(turn => SentencePieces.Cut(turn.Text, maxBytes).Select(piece => new TaggedPiece(turn.Tag, piece))),
        ];
        return [.. Pack(pieces, maxBytes).Select(segment => ScriptSegment.Encode(Join(segment)))];
    }

    /// <summary>Turns of a tagged script that have text.</summary>
    private static IEnumerable<(string Tag, string Text)> SplitTurns(string script)
    {
        var tag = TextIds.FirstSpeaker;
        for (var rest = script; rest.Length > 0;)
        {
            if (TextIds.StartsWithTag(rest))
            {
                tag = rest[..TextIds.FirstSpeaker.Length];
                rest = rest[TextIds.FirstSpeaker.Length..];
            }

            var next = ScriptText.FindTag(rest);
            var text = rest[..next].Trim(' ');
            rest = rest[next..];
            if (text.Length > 0) yield return (tag, text);
        }
    }

    /// <summary>The smallest possible number of segments; of all ways to cut that many, the one whose lengths differ least.</summary>
    private static IEnumerable<ArraySegment<TaggedPiece>> Pack(TaggedPiece[] pieces, int maxBytes)
    {
        // best[i]: the best way to cut pieces i.. into segments.
        var best = new Packing[pieces.Length + 1];
        for (var start = pieces.Length - 1; start >= 0; start--)
        {
            best[start] = new Packing(int.MaxValue, 0, 0);
            var bytes = 0;
            for (var end = start; end < pieces.Length; end++)
            {
                // A space joins two pieces.
                bytes += pieces[end].Piece.Bytes + (end > start ? 1 : 0);
                if (bytes > maxBytes && end > start) break;
                var packing = new Packing(best[end + 1].Count + 1, best[end + 1].Squares + (double)bytes * bytes, end + 1);
                if (packing.IsBetterThan(best[start])) best[start] = packing;
            }
        }

        for (var start = 0; start < pieces.Length; start = best[start].Next)
            yield return new ArraySegment<TaggedPiece>(pieces, start, best[start].Next - start);
    }

    private static string Join(ArraySegment<TaggedPiece> pieces)
    {
        var text = "";
        string? speaker = null;
        foreach (var (tag, piece) in pieces)
        {
            if (text.Length > 0) text += " ";
            text += tag == speaker ? piece.Text : $"{tag} {piece.Text}";
            speaker = tag;
        }

        return ScriptText.Tag(text, speaker!);
    }

    private readonly record struct TaggedPiece(string Tag, TextPiece Piece);

    /// <param name="Count">Segments.</param>
    /// <param name="Squares">Sum of their squared lengths.</param>
    /// <param name="Next">First piece of the second segment.</param>
    private readonly record struct Packing(int Count, double Squares, int Next)
    {
        public bool IsBetterThan(Packing other) => Count < other.Count || (Count == other.Count && Squares < other.Squares);
    }
}
