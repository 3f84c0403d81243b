using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>The shipped model, from text to samples.</summary>
[Trait("Category", "Reference")]
public sealed class NanoGoldenTests
{
    [Fact]
    public void Greedy_codes_and_waveforms_equal_the_reference()
    {
        var vectors = VectorFile.Open("dia-nano");
        using var model = SpeechModel.Load(new ModelOptions { Folder = ReferenceCheckpoints.Folder("dia-nano"), Threads = 2 });
        foreach (var property in vectors.Json.GetProperty("cases").EnumerateObject())
        {
            var id = property.Name;
            var facts = property.Value;
            var text = vectors.Json.GetProperty("texts").GetProperty(facts.GetProperty("text").GetString()!).GetString()!;
            TextIds.Encode(text).ShouldBe(vectors.Ints($"{id}.ids"));
            var promptName = facts.GetProperty("prompt").GetString()!;
            var prompt = promptName == "none" ? null : Golden.Grid(vectors, promptName);
            var grid = Golden.Generate(
                model.Dia,
                text,
                prompt,
                facts.GetProperty("new_frames").GetInt32(),
                facts.GetProperty("guidance_scale").GetSingle());

            var codes = grid.Codes();
            codes.Cells.ToArray().ShouldBe(Golden.Grid(vectors, $"gen.{id}.codes").Cells.ToArray(), id);
            grid.EosRow.ShouldBe(facts.GetProperty("eos_row").GetInt32(), id);
            Golden.ShouldMatch(model.Codec.Decode(codes), vectors.Floats($"gen.{id}.wave"), Golden.WaveTolerance, $"dia-nano {id} wave");
        }
    }

    [Fact]
    public void Encoding_its_own_speech_gives_the_reference_s_codes()
    {
        var vectors = VectorFile.Open("dia-nano");
        var folder = ReferenceCheckpoints.Folder("dia-nano");
        using var codec = new Codec(DacCheckpoint.Open(CodecLocator.Find(folder, null)), ExecutionTarget.Default, threads: 2);
        var codes = codec.Encode(vectors.Floats("gen.short.wave"));
        var expected = vectors.Ints("encode.codes");
        var shape = vectors.Shape("encode.codes");
        for (var q = 0; q < shape[0]; q++)
        {
            for (var frame = 0; frame < shape[1]; frame++)
            {
                ((int)codes[frame, q]).ShouldBe(expected[q * shape[1] + frame], $"codebook {q}, frame {frame}");
            }
        }
    }
}
