using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class CallWindowsTests
{
    private const int Context = 10;
    private const short Eos = 1024;
    private static readonly DelayPattern Delay = new([0, 8, 9, 10, 11, 12, 13, 14, 15]);
    private static readonly TokenRules Rules = new(Bos: 1026, Eos, Pad: 1025, CodebookSize: 1024, Vocab: 1028, Classic: false);

    [Theory]
    [InlineData(0, 100)]
    [InlineData(4, 30)]
    [InlineData(40, 3)]
    [InlineData(40, 200)]
    public void Pieces_hold_all_new_frames_and_their_context_and_no_flush_row(int promptFrames, int newFrames)
    {
        var prompt = promptFrames == 0 ? null : new CodeGrid([.. Enumerable.Range(0, promptFrames * 9).Select(i => (short)(i % 500))], 9);
        var grid = new SpeechGrid(Delay, Rules, prompt, 300, 3072);
        var windows = new CallWindows(prompt, Context);
        var pieces = new List<CodecPiece>();
        while (!grid.Finished)
        {
            grid.Append(Drawn(grid, newFrames));
            while (windows.TryCut(grid, out var piece))
            {
                piece.FramesBefore.ShouldBe(pieces.Sum(p => p.To - p.From));
                pieces.Add(piece);
            }

            if (!grid.Finished) pieces.Sum(p => p.To - p.From).ShouldBeLessThanOrEqualTo(Math.Max(0, grid.FramesDone - Context));
        }

        var codes = grid.Codes();
        codes.Rows.ShouldBe(newFrames);
        pieces.SelectMany(p => p.Codes.Slice(p.From, p.To).Cells.ToArray()).ShouldBe(codes.Cells.ToArray());
        pieces.SelectMany(p => p.Codes.Cells.ToArray()).ShouldAllBe(code => code < Eos);
        pieces.SkipLast(1).ShouldAllBe(p => p.Finished == null);
        pieces[^1].Finished.ShouldBeSameAs(grid);
        var before = Math.Min(Context, promptFrames);
        pieces[0].From.ShouldBe(before);
        if (prompt is not null)
            pieces[0].Codes.Slice(0, before).Cells.ToArray().ShouldBe(prompt.Slice(promptFrames - before, promptFrames).Cells.ToArray());
    }

    [Fact]
    public void A_call_without_a_frame_ends_with_one_empty_piece()
    {
        var grid = new SpeechGrid(Delay, Rules, null, 300, 3072);
        var windows = new CallWindows(null, Context);
        var pieces = new List<CodecPiece>();
        while (!grid.Finished)
        {
            grid.Append(Drawn(grid, 0));
            while (windows.TryCut(grid, out var piece)) pieces.Add(piece);
        }

        var only = pieces.ShouldHaveSingleItem();
        (only.From, only.To, only.Finished).ShouldBe((0, 0, grid));
    }

    private static short[] Drawn(SpeechGrid grid, int newFrames) =>
        [.. Enumerable.Range(0, 9).Select(channel => Token(grid, newFrames, channel))];

    private static short Token(SpeechGrid grid, int newFrames, int channel)
    {
        var isEnd = channel == 0 && grid.Rows == grid.PromptFrames + 1 + newFrames;
        return isEnd ? Eos : (short)((grid.Rows * 7 + channel) % 1000);
    }
}
