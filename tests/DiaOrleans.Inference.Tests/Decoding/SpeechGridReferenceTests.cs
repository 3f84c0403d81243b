using System.Text.Json;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Decoding;

[Trait("Category", "Reference")]
public sealed class SpeechGridReferenceTests
{
    [Theory, MemberData(nameof(Cases))]
    public void Replays_the_rows_codes_and_end_of_a_generation(string file, string name)
    {
        var vectors = VectorFile.Open(file);
        var reference = vectors.Json.GetProperty("cases").GetProperty(name);
        var (pattern, rules, maxRows) = ReadConfig(file);
        var grid = Grid(vectors, $"gen.{name}.grid");
        var prompt = reference.GetProperty("prompt").GetString() is { } tensor && vectors.Has(tensor) ? Grid(vectors, tensor) : null;

        var replay = new SpeechGrid(pattern, rules, prompt, reference.GetProperty("new_frames").GetInt32(), maxRows);
        Replay.Run(replay, grid);

        replay.PromptFrames.ShouldBe(reference.GetProperty("T").GetInt32());
        replay.EosRow.ShouldBe(reference.GetProperty("eos_row").GetInt32());
        replay.EndedByItself.ShouldBe(reference.GetProperty("eos").GetString() == "natural");
        replay.Codes().Cells.ToArray().ShouldBe(Grid(vectors, $"gen.{name}.codes").Cells.ToArray());
        (grid.Rows - replay.Rows).ShouldBeInRange(0, 1, "only a row without a code may follow");
    }

    public static IEnumerable<TheoryDataRow<string, string>> Cases() =>
        from file in Directory.EnumerateFiles(ReferenceSet.Folder, "*.safetensors").Select(path => Path.GetFileNameWithoutExtension(path))
        let vectors = VectorFile.Open(file)
        where vectors.Json.TryGetProperty("cases", out _)
        from name in vectors.Json.GetProperty("cases").EnumerateObject().Select(pair => pair.Name)
        where vectors.Has($"gen.{name}.grid")
        select new TheoryDataRow<string, string>(file, name);

    private static CodeGrid Grid(VectorFile vectors, string tensor) =>
        new([.. vectors.Ints(tensor).Select(cell => checked((short)cell))], (int)vectors.Shape(tensor)[1]);

    private static (DelayPattern Pattern, TokenRules Rules, int MaxRows) ReadConfig(string checkpoint)
    {
        var file = Path.Combine(ReferenceSet.Folder, checkpoint, "config.json");
        var config = JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(file));
        var classic = config.TryGetProperty("data", out var data);
        var special = classic ? data : config;
        int Id(string kind) => special.GetProperty(classic ? $"audio_{kind}_value" : $"{kind}_token_id").GetInt32();
        var vocab = classic
            ? config.GetProperty("model").GetProperty("tgt_vocab_size")
            : config.GetProperty("decoder_config").GetProperty("vocab_size");
        var rows = classic ? data.GetProperty("audio_length") : config.GetProperty("decoder_config").GetProperty("max_position_embeddings");
        var delays = special.GetProperty("delay_pattern").EnumerateArray().Select(delay => delay.GetInt32());
        return (
            new DelayPattern([.. delays]),
            new TokenRules(Id("bos"), Id("eos"), Id("pad"), CodebookSize: Id("eos"), vocab.GetInt32(), classic),
            rows.GetInt32());
    }
}
