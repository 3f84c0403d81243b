using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Execution;

/// <summary>Requests of many kinds, all with texts of at most 45 ids.</summary>
internal static class BatchRequests
{
    /// <summary>The longest text.</summary>
    public const int LongestText = 45;

    /// <summary>Text lengths with prompt lengths in frames; a prompt that is longer than its text takes several passes.</summary>
    private static readonly (int Text, int Prompt)[] Shapes =
        [(LongestText, 2 * LongestText - 20), (31, 0), (LongestText, LongestText), (2, 5)];

    /// <summary>Number of kinds.</summary>
    public static int Kinds => Shapes.Length;

    /// <summary>One request of each kind.</summary>
    public static IReadOnlyList<DecodeRequest> Make(DiaModel model, int maxFrames) =>
        [.. Enumerable.Range(0, Shapes.Length).Select(kind => Make(model, kind, maxFrames))];

    /// <summary>A request of one kind, whose content follows <paramref name="number"/>.</summary>
    public static DecodeRequest Make(DiaModel model, int number, int maxFrames)
    {
        var random = new Random(number);
        var (text, prompt) = Shapes[number % Shapes.Length];
        int[] ids = [.. Enumerable.Range(0, text).Select(i => i == 0 ? 1 + random.Next(2) : random.Next('a', 'z' + 1))];
        return new DecodeRequest(ids, maxFrames, Seed: number, prompt == 0 ? null : Codes(random, prompt, model), Sampling: null);
    }

    private static CodeGrid Codes(Random random, int frames, DiaModel model)
    {
        short[] cells = [.. Enumerable.Range(0, frames * model.Delay.Channels).Select(_ => (short)random.Next(model.Rules.CodebookSize))];
        return new CodeGrid(cells, model.Delay.Channels);
    }
}
