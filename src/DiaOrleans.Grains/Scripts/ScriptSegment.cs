using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Scripts;

/// <summary>A tagged script, or the part of one that a call of the model speaks, with its ids.</summary>
/// <param name="Text">The text.</param>
/// <param name="Ids">Its <see cref="TextIds"/>; the first is a tag's.</param>
/// <param name="OwnBytes">Bytes of its own text, without tags (<see cref="TextIds.OwnTextBytes"/>).</param>
internal sealed record ScriptSegment(string Text, int[] Ids, int OwnBytes)
{
    /// <summary>Silence that was asked for before it; zero if none was.</summary>
    public TimeSpan PauseBefore { get; init; }

    /// <summary>Encodes a tagged text.</summary>
    public static ScriptSegment Encode(string text)
    {
        var ids = TextIds.Encode(text);
        return new ScriptSegment(text, ids, TextIds.CountOwnBytes(ids));
    }
}
