using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Scripts;

/// <summary>
/// Cuts a script that is longer than the model speaks well into segments of about equal length: at turns where that is enough, at sentences inside a longer turn, and
/// further in only where a sentence is still too long; spec/api.md 3.2. Nothing is dropped, every segment is tagged as a script of its own.
/// </summary>
internal static class ScriptSegments
{
    /// <summary>Segments of a tagged script, in order; the script itself where it fits.</summary>
    /// <param name="script">What <see cref="ScriptText.Tag"/> returned.</param>
    /// <param name="maxBytes">The most own bytes of a segment (<see cref="TextIds.OwnTextBytes"/>); at least 8.</param>
    /// <param name="maxIds">The most text ids of a segment that is left as it is; a segment that was cut has hardly more than twice as many ids as own bytes.</param>
    public static IReadOnlyList<string> Cut(string script, int maxBytes, int maxIds = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 8);
        if (TextIds.OwnTextBytes(script) <= maxBytes && TextIds.Encode(script).Length <= maxIds) return [script];
        Piece[] pieces = [.. Turns(script).SelectMany(turn => SentencePieces.Of(turn.Text, maxBytes).Select(text => new Piece(turn.Tag, text, TextIds.OwnTextBytes(text))))];
        return [.. Pack(pieces, maxBytes).Select(Join)];
    }

    /// <summary>Turns of a tagged script that say something.</summary>
    private static IEnumerable<(string Tag, string Text)> Turns(string script)
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

    /// <summary>As few segments as there can be, and among those ways the one whose segments differ least in length.</summary>
    private static IEnumerable<ArraySegment<Piece>> Pack(Piece[] pieces, int maxBytes)
    {
        // best[i]: the cheapest way to cut pieces i.. into segments: how many, and the sum of their squared lengths.
        var best = new (int Count, double Squares, int Next)[pieces.Length + 1];
        for (var start = pieces.Length - 1; start >= 0; start--)
        {
            best[start] = (int.MaxValue, 0, 0);
            var bytes = 0;
            for (var end = start; end < pieces.Length; end++)
            {
                // A space joins two pieces.
                bytes += pieces[end].Bytes + (end > start ? 1 : 0);
                if (bytes > maxBytes && end > start) break;
                var (count, squares) = (best[end + 1].Count + 1, best[end + 1].Squares + (double)bytes * bytes);
                if (count < best[start].Count || (count == best[start].Count && squares < best[start].Squares)) best[start] = (count, squares, end + 1);
            }
        }

        for (var start = 0; start < pieces.Length; start = best[start].Next) yield return new ArraySegment<Piece>(pieces, start, best[start].Next - start);
    }

    private static string Join(ArraySegment<Piece> pieces)
    {
        var text = "";
        string? speaker = null;
        foreach (var piece in pieces)
        {
            text += piece.Tag == speaker ? $" {piece.Text}" : $"{(text.Length > 0 ? " " : "")}{piece.Tag} {piece.Text}";
            speaker = piece.Tag;
        }

        return ScriptText.Tag(text, speaker!);
    }

    private readonly record struct Piece(string Tag, string Text, int Bytes);
}
