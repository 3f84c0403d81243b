using System.Text.Json;
using System.Text.RegularExpressions;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Tests.Reference;

/// <summary>The Dia graphs and the decoding loop against the published implementations' numbers.</summary>
[Trait("Category", "Reference")]
public sealed partial class DiaGoldenTests
{
    /// <summary>Checkpoint folder and the vectors that describe it.</summary>
    public static TheoryData<string, string> Checkpoints => new()
    {
        { "dia-0626-tiny", "dia-0626-tiny" },
        { "dia-0626-tiny-sharded", "dia-0626-tiny" },
        { "dia-0626-tiny-nari", "dia-0626-tiny" },
        { "dia-classic-tiny", "dia-classic-tiny" },
    };

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Encoder_output_equals_the_reference(string checkpoint, string name)
    {
        var vectors = VectorFile.Open(name);
        using var model = Golden.Load(checkpoint);
        foreach (var text in Named(vectors, EncoderTensor()))
        {
            var ids = Ids(vectors, text);
            ids.ShouldBe(vectors.Ints($"text.{text}.ids"));
            using var encoded = model.TextEncoder.Encode(ids);
            Golden
                .ShouldMatch(encoded.Hidden.ToSingles(), vectors.Floats($"enc.{text}"), Golden.HiddenTolerance, $"{checkpoint} enc.{text}");
        }
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Text_ids_equal_the_reference(string checkpoint, string name)
    {
        var vectors = VectorFile.Open(name);
        checkpoint.ShouldStartWith(name);
        foreach (var text in Named(vectors, IdsTensor())) Ids(vectors, text).ShouldBe(vectors.Ints($"text.{text}.ids"), text);
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Cross_attention_keys_and_values_equal_the_reference(string checkpoint, string name)
    {
        var vectors = VectorFile.Open(name);
        using var model = Golden.Load(checkpoint);
        foreach (var tensor in vectors.Names.Where(n => n.StartsWith("cross.", StringComparison.Ordinal)))
        {
            var parts = tensor.Split('.');
            using var encoded = model.TextEncoder.Encode(Ids(vectors, parts[1]));
            var layer = int.Parse(parts[3]);
            var value = parts[2] == "k" ? encoded.Key(layer) : encoded.Value(layer);
            Golden.ShouldMatch(value.ToSingles(), vectors.Floats(tensor), Golden.HiddenTolerance, $"{checkpoint} {tensor}");
        }
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void The_unconditional_text_collapses_to_the_reference_s_constants(string checkpoint, string name)
    {
        var vectors = VectorFile.Open(name);
        using var model = Golden.Load(checkpoint);
        foreach (var tensor in vectors.Names.Where(n => n.StartsWith("uncond.enc.", StringComparison.Ordinal)))
        {
            using var zeros = model.TextEncoder.Encode(new int[vectors.Shape(tensor)[0]]);
            Golden.ShouldMatch(zeros.Hidden.ToSingles(), vectors.Floats(tensor), Golden.HiddenTolerance, $"{checkpoint} {tensor}");
        }

        using var zero = model.TextEncoder.Encode([0]);
        var constants = UnconditionalCross.Compute(model.Checkpoint, zero);
        constants.Count.ShouldBe(model.Config.Decoder.Layers);
        for (var layer = 0; layer < constants.Count; layer++)
        {
            if (vectors.Has($"uncond.cross.{layer}"))
                Golden.ShouldMatch(
                    constants[layer],
                    vectors.Floats($"uncond.cross.{layer}"),
                    Golden.HiddenTolerance,
                    $"{checkpoint} uncond.cross.{layer}");
        }
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Step_logits_equal_the_reference(string checkpoint, string name) => CheckForced(checkpoint, name, literal: false);

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Step_logits_equal_the_reference_without_the_collapse(string checkpoint, string name) =>
        CheckForced(checkpoint, name, literal: true);

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Logits_after_a_prefilled_prompt_equal_the_reference(string checkpoint, string name)
    {
        var vectors = VectorFile.Open(name);
        if (!vectors.Has("prompt.grid")) return;
        using var model = Golden.Load(checkpoint);
        var prompt = Golden.Grid(vectors, "prompt.codes").Rows;
        var (cond, uncond) = Golden.Force(model, Ids(vectors, "a"), Golden.Grid(vectors, "prompt.grid"), prompt);
        Golden.ShouldMatch(cond, vectors.Floats("prompt.cond"), Golden.LogitsTolerance, $"{checkpoint} prompt.cond");
        Golden.ShouldMatch(uncond, vectors.Floats("prompt.uncond"), Golden.LogitsTolerance, $"{checkpoint} prompt.uncond");
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void The_graph_selects_the_reference_s_candidates(string checkpoint, string name)
    {
        var vectors = VectorFile.Open(name);
        foreach (var tensor in vectors.Names.Where(n => SelectionTensor().IsMatch(n)))
        {
            var match = SelectionTensor().Match(tensor);
            var k = int.Parse(match.Groups[2].Value);
            using var model = Golden.Load(checkpoint, topK: k);
            var rows = Golden.Grid(vectors, "forced.grid");
            using var text = model.TextEncoder.Encode(Ids(vectors, match.Groups[1].Value));
            model.Decoder.Admit(0, text, 3f);
            var expected = vectors.Ints(tensor);
            for (var row = 0; row < rows.Rows; row++)
            {
                model.Decoder.Feed(0, rows.Row(row), row);
                model.Decoder.Step();
                for (var channel = 0; channel < rows.Channels; channel++)
                {
                    var chosen = model.Decoder.Candidates(0, channel).Ids.ToArray();
                    chosen.Order().ShouldBe(
                        expected.Skip((row * rows.Channels + channel) * k).Take(k).Order(),
                        $"{tensor}, row {row}, channel {channel}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Checkpoints))]
    public void Greedy_generation_gives_the_reference_s_rows_and_codes(string checkpoint, string name)
    {
        var vectors = VectorFile.Open(name);
        foreach (var property in vectors.Json.GetProperty("cases").EnumerateObject())
        {
            var id = property.Name;
            var facts = property.Value;
            // A case may name its own checkpoint; the layout variants hold the weights of the set's main one only.
            var own = facts.TryGetProperty("checkpoint", out var c) ? c.GetString()! : name;
            if (own != name && checkpoint != name) continue;
            using var model = Golden.Load(own == name ? checkpoint : own);
            var promptName = facts.GetProperty("prompt").GetString()!;
            var prompt = promptName == "none" ? null : Golden.Grid(vectors, promptName);
            var text = vectors.Json.GetProperty("texts").GetProperty(facts.GetProperty("text").GetString()!).GetString()!;
            var grid = Golden.Generate(
                model,
                text,
                prompt,
                facts.GetProperty("new_frames").GetInt32(),
                facts.GetProperty("guidance_scale").GetSingle());

            grid.EosRow.ShouldBe(facts.GetProperty("eos_row").GetInt32(), id);
            grid.EndedByItself.ShouldBe(facts.GetProperty("eos").GetString() == "natural", id);
            grid.Codes().Cells.ToArray().ShouldBe(Golden.Grid(vectors, $"gen.{id}.codes").Cells.ToArray(), id);
            var expected = Golden.Grid(vectors, $"gen.{id}.grid");
            for (var row = 0; row < Math.Min(grid.Rows, expected.Rows); row++)
            {
                grid.Row(row).ToArray().ShouldBe(expected.Row(row).ToArray(), $"{id}, row {row}");
            }
            // The last row of transformers' grid carries no code, and the loop may stop before it.
            grid.Rows.ShouldBeInRange(expected.Rows - 1, expected.Rows);
        }
    }

    private static void CheckForced(string checkpoint, string name, bool literal)
    {
        var vectors = VectorFile.Open(name);
        using var model = Golden.Load(checkpoint, literal);
        var rows = Golden.Grid(vectors, "forced.grid");
        foreach (var text in Named(vectors, ForcedTensor()))
        {
            var (cond, uncond) = Golden.Force(model, Ids(vectors, text), rows, literal: literal);
            Golden.ShouldMatch(cond, vectors.Floats($"forced.{text}.cond"), Golden.LogitsTolerance, $"{checkpoint} forced.{text}.cond");
            if (vectors.Has($"forced.{text}.uncond"))
                Golden.ShouldMatch(
                    uncond,
                    vectors.Floats($"forced.{text}.uncond"),
                    Golden.LogitsTolerance,
                    $"{checkpoint} forced.{text}.uncond");
        }
    }

    private static int[] Ids(VectorFile vectors, string text) =>
        TextIds.Encode(vectors.Json.GetProperty("texts").GetProperty(text).GetString()!);

    private static IReadOnlyList<string> Named(VectorFile vectors, Regex pattern)
    {
        var found = vectors.Names.Select(n => pattern.Match(n)).Where(m => m.Success).Select(m => m.Groups[1].Value).ToList();
        found.ShouldNotBeEmpty();
        return found;
    }

    [GeneratedRegex(@"^enc\.(\w+)$")]
    private static partial Regex EncoderTensor();

    [GeneratedRegex(@"^text\.(\w+)\.ids$")]
    private static partial Regex IdsTensor();

    [GeneratedRegex(@"^forced\.(\w+)\.cond$")]
    private static partial Regex ForcedTensor();

    [GeneratedRegex(@"^forced\.(\w+)\.top(\d+)$")]
    private static partial Regex SelectionTensor();
}
