using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>The codec against transformers' DacModel.</summary>
[Trait("Category", "Reference")]
public sealed class CodecGoldenTests
{
    /// <summary>Checkpoint folder and the vectors that describe it.</summary>
    public static TheoryData<string, string> Checkpoints => new()
    {
        { "dac-tiny", "dac-tiny" },
        { "dac-tiny-original", "dac-tiny" },
        { "dac-tiny-parametrized", "dac-tiny" },
        { "dac-nano-tiny", "dac-nano-tiny" },
    };

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Encoding_gives_the_reference_s_codes(string checkpoint, string name)
    {
        var vectors = VectorFile.Open(name);
        using var codec = Open(checkpoint);
        var (codes, latent, quantised) = codec.EncodeWithLatents(vectors.Floats("wave"));
        var expected = vectors.Ints("codes");
        codes.Rows.ShouldBe((int)vectors.Shape("codes")[1]);
        for (var q = 0; q < codes.Channels; q++)
        {
            for (var frame = 0; frame < codes.Rows; frame++)
            {
                ((int)codes[frame, q]).ShouldBe(expected[q * codes.Rows + frame], $"codebook {q}, frame {frame}");
            }
        }

        var frames = vectors.Json.GetProperty("latent_frames");
        var from = frames[0].GetInt32();
        var to = frames[1].GetInt32();
        Golden.ShouldMatch(Frames(latent, codes.Rows, from, to), vectors.Floats("latent"), Golden.HiddenTolerance, $"{checkpoint} latent");
        Golden.ShouldMatch(
            Frames(quantised, codes.Rows, from, to),
            vectors.Floats("quantised"),
            Golden.HiddenTolerance,
            $"{checkpoint} quantised");
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Decoding_gives_the_reference_s_waveform(string checkpoint, string name)
    {
        var vectors = VectorFile.Open(name);
        using var codec = Open(checkpoint);
        Golden.ShouldMatch(codec.Decode(Codes(vectors, "codes")), vectors.Floats("decoded"), Golden.WaveTolerance, $"{checkpoint} decoded");
        Golden.ShouldMatch(
            codec.Decode(Codes(vectors, "random.codes")),
            vectors.Floats("random.decoded"),
            Golden.WaveTolerance,
            $"{checkpoint} random.decoded");
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void A_window_with_its_context_gives_the_whole_clip_s_samples(string checkpoint, string name)
    {
        var vectors = VectorFile.Open(name);
        using var codec = Open(checkpoint);
        var frames = vectors.Json.GetProperty("window_decoded_frames");
        var context = CodecWindows.Context(codec.Config);
        context.ShouldBe(vectors.Json.GetProperty("receptive_field_hops").GetProperty("before").GetInt32());
        context.ShouldBe(vectors.Json.GetProperty("receptive_field_hops").GetProperty("after").GetInt32());

        var from = frames[0].GetInt32();
        var to = frames[1].GetInt32();
        var codes = Codes(vectors, "codes");
        // A window near an end of the clip has less context there.
        var before = Math.Min(context, from);
        var window = codes.Slice(from - before, Math.Min(to + context, codes.Rows));
        var samples = codec.Decode(window, before).AsSpan(0, (to - from) * codec.Config.HopLength);
        Golden.ShouldMatch(samples, vectors.Floats("window.decoded"), Golden.WaveTolerance, $"{checkpoint} window.decoded");
    }

    private static Codec Open(string checkpoint) =>
        new(DacCheckpoint.Open(ReferenceCheckpoints.Folder(checkpoint)), ExecutionTarget.Default, threads: 2);

    /// <summary>Codes that the file holds as [codebooks, frames].</summary>
    internal static CodeGrid Codes(VectorFile vectors, string tensor)
    {
        var flat = vectors.Ints(tensor);
        var shape = vectors.Shape(tensor);
        var codes = new CodeGrid((int)shape[1], (int)shape[0]);
        for (var q = 0; q < codes.Channels; q++)
        {
            for (var frame = 0; frame < codes.Rows; frame++) codes[frame, q] = (short)flat[q * codes.Rows + frame];
        }

        return codes;
    }

    private static float[] Frames(float[] channelsByFrames, int total, int from, int to) =>
        [.. channelsByFrames.Chunk(total).SelectMany(channel => channel[from..to])];
}
