using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Inference.Tests.Decoding;

/// <summary>Gives a <see cref="SpeechGrid"/> the drawn tokens of a finished grid, and compares every row.</summary>
internal static class Replay
{
    private const short Poison = -7;

    public static void Run(SpeechGrid replay, CodeGrid reference)
    {
        while (!replay.Finished)
        {
            var sampled = new short[reference.Channels];
            for (var channel = 0; channel < sampled.Length; channel++)
                sampled[channel] = replay.NeedsSampling(channel) ? reference[replay.Rows, channel] : Poison;
            replay.Append(sampled);
        }
        for (var row = 0; row < replay.Rows; row++) replay.Row(row).ToArray().ShouldBe(reference.Row(row).ToArray(), $"row {row}");
    }
}
