using System.Text.Json;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Tests.Reference;

namespace DiaOrleans.Inference.Tests.Decoding;

public sealed class DelayPatternTests
{
    [Theory]
    [InlineData]
    [InlineData(1, 2)]
    [InlineData(0, -1)]
    public void Rejects_an_invalid_delay_pattern(params int[] delays) =>
        Should.Throw<ArgumentException>(() => new DelayPattern(delays)).Message.ShouldContain("delay pattern");

    [Fact]
    public void Takes_the_delay_out()
    {
        var grid = new CodeGrid([9, 9, 9, 1, 9, 9, 2, 9, 10, 3, 100, 20, 4, 200, 30], channels: 3);
        var pattern = new DelayPattern([0, 2, 1]);
        pattern.Revert(grid, firstFrame: 0, frames: 2).Cells.ToArray().ShouldBe([(short)1, 100, 10, 2, 200, 20]);
        pattern.Revert(grid, firstFrame: 1, frames: 1).Cells.ToArray().ShouldBe([(short)2, 200, 20]);
        pattern.Revert(grid, firstFrame: 0, frames: 0).Rows.ShouldBe(0);
    }

    [Theory, Trait("Category", "Reference"), MemberData(nameof(Cases))]
    public void Forces_what_the_reference_forces(int index)
    {
        var (delays, reference) = Case(index);
        var pattern = new DelayPattern(delays);
        var forced = Grid(reference.GetProperty("forced"), pattern.Channels);
        var prompt = Grid(reference.GetProperty("prompt"), pattern.Channels);
        for (var row = 0; row < forced.Rows; row++)
        {
            for (var channel = 0; channel < pattern.Channels; channel++)
            {
                var isForced = pattern.IsForced(row, channel, prompt.Rows);
                isForced.ShouldBe(forced[row, channel] >= 0, $"row {row}, channel {channel}");
                if (isForced) pattern.ForcedToken(row, channel, prompt, Bos).ShouldBe(forced[row, channel]);
            }
        }
    }

    [Theory, Trait("Category", "Reference"), MemberData(nameof(Cases))]
    public void Reverts_the_reference_grid_to_its_codes(int index)
    {
        var (delays, reference) = Case(index);
        var grid = Grid(reference.GetProperty("grid"), delays.Length);
        var codes = Grid(reference.GetProperty("codes"), delays.Length);
        new DelayPattern(delays).Revert(grid, reference.GetProperty("T").GetInt32(), codes.Rows).Cells.ToArray()
            .ShouldBe(codes.Cells.ToArray());
    }

    [Theory, Trait("Category", "Reference"), MemberData(nameof(Cases))]
    public void Replays_the_reference_grid(int index)
    {
        var (delays, reference) = Case(index);
        var grid = Grid(reference.GetProperty("grid"), delays.Length);
        var prompt = Grid(reference.GetProperty("prompt"), delays.Length);
        var special = VectorFile.Open("delay").Json;
        var eos = special.GetProperty("eos").GetInt32();
        var rules = new TokenRules(Bos, eos, special.GetProperty("pad").GetInt32(), CodebookSize: eos, Vocab: eos, Classic: false);
        var replay = new SpeechGrid(
            new DelayPattern(delays),
            rules,
            prompt.Rows == 0 ? null : prompt,
            maxNewFrames: grid.Rows,
            maxRows: 4 * grid.Rows);
        Replay.Run(replay, grid);
        replay.EosRow.ShouldBe(reference.GetProperty("eos_row").GetInt32());
        replay.Rows.ShouldBe(grid.Rows);
        replay.EndedByItself.ShouldBeTrue();
        replay.Codes().Cells.ToArray().ShouldBe(Grid(reference.GetProperty("codes"), delays.Length).Cells.ToArray());
    }

    public static IEnumerable<TheoryDataRow<int>> Cases() =>
        Enumerable.Range(0, VectorFile.Open("delay").Json.GetProperty("cases").GetArrayLength())
            .Select(index => new TheoryDataRow<int>(index));

    private static int Bos => VectorFile.Open("delay").Json.GetProperty("bos").GetInt32();

    private static (int[] Delays, JsonElement Reference) Case(int index)
    {
        var reference = VectorFile.Open("delay").Json.GetProperty("cases")[index];
        return ([.. reference.GetProperty("delay").EnumerateArray().Select(delay => delay.GetInt32())], reference);
    }

    private static CodeGrid Grid(JsonElement rows, int channels) =>
        new([.. rows.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(cell => cell.GetInt16())], channels);
}
