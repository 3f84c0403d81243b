using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Serving;

public sealed class CallWindowsTests
{
    private const int Context = 10;
    private const int Hop = 4;
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
        var windows = new CallWindows(prompt, Context, Hop);
        var pieces = new List<CodecPiece>();
        while (!grid.Finished)
        {
            grid.Append(Drawn(grid, newFrames));
            while (windows.TryCut(grid, out var piece))
            {
                piece.FramesBefore.ShouldBe(pieces.Sum(Frames));
                pieces.Add(piece);
            }

            if (!grid.Finished) pieces.Sum(Frames).ShouldBeLessThanOrEqualTo(Math.Max(0, grid.FramesDone - Context));
        }

        var codes = grid.Codes();
        codes.Rows.ShouldBe(newFrames);
        pieces.SelectMany(Kept).ShouldBe(codes.Cells.ToArray());
        pieces.SelectMany(p => p.Window.Codes.Cells.ToArray()).ShouldAllBe(code => code < Eos);
        pieces.SkipLast(1).ShouldAllBe(p => p.Finished == null);
        pieces[^1].Finished.ShouldBeSameAs(grid);
        var before = Math.Min(Context, promptFrames);
        pieces[0].Window.Wanted.Start.ShouldBe(before * Hop);
        if (prompt is not null)
            First(pieces[0].Window.Codes, before).ShouldBe(prompt.Slice(promptFrames - before, promptFrames).Cells.ToArray());
    }

    [Fact]
    public void A_call_without_a_frame_ends_with_one_empty_piece()
    {
        var grid = new SpeechGrid(Delay, Rules, null, 300, 3072);
        var windows = new CallWindows(null, Context, Hop);
        var pieces = new List<CodecPiece>();
        while (!grid.Finished)
        {
            grid.Append(Drawn(grid, 0));
            while (windows.TryCut(grid, out var piece)) pieces.Add(piece);
        }

        var only = pieces.ShouldHaveSingleItem();
        (only.Window.Wanted, only.Finished).ShouldBe((new SampleRange(0, 0), grid));
    }

    /// <summary>What a client has is left out to the sample; what is decoded for the rest are windows of a run from the start.</summary>
    [Property]
    public void Received_samples_are_in_no_piece(byte frames, ushort received, bool prompted)
    {
        var prompt = prompted ? new CodeGrid(15, 9) : null;
        var grid = new SpeechGrid(Delay, Rules, prompt, 300, 3072);
        while (!grid.Finished) grid.Append(Drawn(grid, frames));
        var skip = received % (frames * Hop + 1);
        var all = Pieces(new CallWindows(prompt, Context, Hop), grid);
        var rest = Pieces(new CallWindows(prompt, Context, Hop, skip), grid);

        Samples(rest).ShouldBe(Samples(all).Skip(skip));
        rest.SkipLast(1).ShouldAllBe(p => p.Window.Wanted.Start < p.Window.Wanted.End);
        rest[^1].Finished.ShouldBeSameAs(grid);
        rest[0].FramesBefore.ShouldBe(0);
        if (rest[^1].Window.Codes.Rows == 0) return;
        var whole = all.TakeLast(rest.Count).ToList();
        rest.Select(p => p.Window.Codes.Cells.ToArray()).ShouldBe(whole.Select(p => p.Window.Codes.Cells.ToArray()));
    }

    private static List<CodecPiece> Pieces(CallWindows windows, SpeechGrid grid)
    {
        var pieces = new List<CodecPiece>();
        while (windows.TryCut(grid, out var piece)) pieces.Add(piece);
        return pieces;
    }

    /// <summary>The wanted samples by frame and place in it, with the frame's first code for its content.</summary>
    private static IEnumerable<(short Code, int Place)> Samples(IEnumerable<CodecPiece> pieces) =>
        from piece in pieces
        from sample in Enumerable.Range(piece.Window.Wanted.Start, piece.Window.Wanted.End - piece.Window.Wanted.Start)
        select (piece.Window.Codes[sample / Hop, 0], sample % Hop);

    private static short[] Kept(CodecPiece piece) =>
        piece.Window.Codes.Slice(piece.Window.Wanted.Start / Hop, piece.Window.Wanted.End / Hop).Cells.ToArray();

    private static short[] First(CodeGrid codes, int frames) => codes.Slice(0, frames).Cells.ToArray();

    private static int Frames(CodecPiece piece) => (piece.Window.Wanted.End - piece.Window.Wanted.Start) / Hop;

    private static short[] Drawn(SpeechGrid grid, int newFrames) =>
        [.. Enumerable.Range(0, 9).Select(channel => Token(grid, newFrames, channel))];

    private static short Token(SpeechGrid grid, int newFrames, int channel)
    {
        var isEnd = channel == 0 && grid.Rows == grid.PromptFrames + 1 + newFrames;
        return isEnd ? Eos : (short)((grid.Rows * 7 + channel) % 1000);
    }
}
