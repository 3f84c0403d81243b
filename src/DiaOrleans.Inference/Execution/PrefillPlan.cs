namespace DiaOrleans.Inference.Execution;

/// <summary>
/// Divides the rows of a prompt into passes of the decoder. The division changes the last bits of the results: it follows from the request
/// alone, and never from load.
/// </summary>
internal static class PrefillPlan
{
    /// <summary>The most rows of a pass: bounds its duration and its memory.</summary>
    public const int MaxRows = 128;

    /// <summary>
    /// Passes of nearly equal size. None has more rows than the text has ids, since cross-attention takes no more queries than keys.
    /// </summary>
    /// <param name="rows">Rows of the prompt; 0 gives no pass.</param>
    /// <param name="textLength">Ids of the text, at least 1.</param>
    public static IEnumerable<PrefillPass> Passes(int rows, int textLength)
    {
        var limit = Math.Min(textLength, MaxRows);
        var passes = (rows + limit - 1) / limit;
        for (var i = 0; i < passes; i++)
        {
            var first = (int)((long)rows * i / passes);
            yield return new PrefillPass(first, (int)((long)rows * (i + 1) / passes) - first);
        }
    }
}

/// <summary>Consecutive rows that one run of the decoder feeds to a slot.</summary>
/// <param name="First">Position of the first row.</param>
/// <param name="Count">Number of rows, at least 1.</param>
internal readonly record struct PrefillPass(int First, int Count);
