using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Tests.Decoding;

/// <summary>Feeds a <see cref="SpeechGrid"/> the cells of a finished grid where it asks for drawn tokens, and compares every row.</summary>
internal static class Replay
{
    private const short Poison = -7;

    public static void Run(SpeechGrid replay, CodeGrid reference)
    {
        while (!replay.Finished)
        {
            short[] sampled = [.. Enumerable.Range(0, reference.Channels).Select(channel => replay.NeedsSampling(channel) ? reference[replay.Rows, channel] : Poison)];
            replay.Append(sampled);
        }
        for (var row = 0; row < replay.Rows; row++) replay.Row(row).ToArray().ShouldBe(reference.Row(row).ToArray(), $"row {row}");
    }
}
