using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>
/// Speech of a <see cref="FakeEngine"/> as a real engine makes it: codes follow from the seed, samples from the codes, and a call goes on
/// behind the codes that were made before.
/// </summary>
internal static class ScriptedSpeech
{
    /// <summary>Frames of a call that ends by itself.</summary>
    public const int Frames = 60;

    private const int Channels = 9;
    private const int SamplesPerFrame = 320;

    /// <summary>Makes the frames of a call up to a number, in two parts, with the samples of all but the last two.</summary>
    /// <returns>Number of the frames that were not made before.</returns>
    public static int SpeakUpTo(this SpeechRun run, int frames)
    {
        run.Start();
        var made = run.Frames;
        run.Append(Codes(run.Call.Seed, made, made + (frames - made) / 2));
        run.Append(Codes(run.Call.Seed, made + (frames - made) / 2, frames));
        run.Append(Samples(run, frames - 2)[(int)run.Call.SamplesReceived..]);
        return frames - made;
    }

    /// <summary>Makes the rest of a call and ends it.</summary>
    /// <returns>Number of the frames that were not made before.</returns>
    public static int Speak(this SpeechRun run)
    {
        run.Start();
        var made = run.Frames;
        var end = Math.Min(Frames, run.Call.MaxFrames);
        run.Append(Codes(run.Call.Seed, made, end));
        // Blocks of another size than those of a call that was not broken.
        foreach (var block in Samples(run, end)[(int)run.Call.SamplesReceived..].Chunk(777 + made)) run.Append(block);
        run.Complete(endedByItself: end == Frames);
        return end - made;
    }

    private static CodeGrid Codes(long seed, int from, int to) => new(
        [.. Enumerable.Range(from * Channels, (to - from) * Channels).Select(cell => (short)(Math.Abs(seed + cell * 7919L) % 1024))],
        Channels);

    private static float[] Samples(SpeechRun run, int frames)
    {
        var all = run.Call.Made is { Rows: > 0 } made
            ? CodeGrid.Join(made, Codes(run.Call.Seed, made.Rows, Math.Max(frames, made.Rows)))
            : Codes(run.Call.Seed, 0, frames);
        return [.. Enumerable.Range(0, frames * SamplesPerFrame).Select(Sample)];

        float Sample(int i) => MathF.Sin(i * 0.01f * (1 + all.Row(i / SamplesPerFrame)[0])) / 2;
    }
}
