using DiaOrleans.Inference.Decoding;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Decoding;

public sealed class SpeechGridTests
{
    private const short Bos = 1026, Eos = 1024, Pad = 1025;
    private static readonly TokenRules Rules = new(Bos, Eos, Pad, CodebookSize: 1024, Vocab: 1028, Classic: false);
    private static readonly DelayPattern Short = new([0, 2, 1]);

    [Fact]
    public void Begins_with_a_row_of_bos()
    {
        var grid = new SpeechGrid(Short, Rules, prompt: null, maxNewFrames: 5, maxRows: 100);
        grid.Rows.ShouldBe(1);
        grid.Row(0).ToArray().ShouldBe([Bos, Bos, Bos]);
        Asked(grid).ShouldBe([true, false, false]);
    }

    [Fact]
    public void Begins_with_the_prompt_delayed()
    {
        var grid = new SpeechGrid(Short, Rules, new CodeGrid([1, 2, 3, 4, 5, 6], channels: 3), maxNewFrames: 5, maxRows: 100);
        grid.Rows.ShouldBe(3);
        RowsOf(grid).ShouldBe([[Bos, Bos, Bos], [1, Bos, Bos], [4, Bos, 3]]);
        grid.Append([7, -1, -1]);
        grid.Row(3).ToArray().ShouldBe([(short)7, 2, 6]);
        Asked(grid).ShouldBe([true, false, true]);
    }

    [Fact]
    public void Lets_every_channel_end_after_its_delay()
    {
        var grid = new SpeechGrid(Short, Rules, prompt: null, maxNewFrames: 5, maxRows: 100);
        grid.Append([1, 0, 0]);
        grid.Append([2, 0, 20]);
        grid.EosRow.ShouldBeNull();
        grid.Append([Eos, 100, 30]);
        grid.EosRow.ShouldBe(3);
        grid.FramesDone.ShouldBe(1);
        grid.Finished.ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => grid.Codes());
        Asked(grid).ShouldBe([false, true, false]);
        grid.Append([0, 200, 0]);
        RowsOf(grid).ShouldBe([[Bos, Bos, Bos], [1, Bos, Bos], [2, Bos, 20], [Eos, 100, 30], [Pad, 200, Eos]]);
        grid.Finished.ShouldBeTrue();
        grid.EndedByItself.ShouldBeTrue();
        grid.Codes().Cells.ToArray().ShouldBe([(short)1, 100, 20, 2, 200, 30]);
        Should.Throw<InvalidOperationException>(() => grid.Append([0, 0, 0]));
    }

    [Fact]
    public void Ends_at_its_cap()
    {
        var grid = Run(new SpeechGrid(Short, Rules, prompt: null, maxNewFrames: 5, maxRows: 100), (_, _) => 9);
        grid.EosRow.ShouldBe(6);
        grid.EndedByItself.ShouldBeFalse();
        grid.Codes().Rows.ShouldBe(5);
    }

    [Fact]
    public void Makes_no_more_frames_than_the_model_has_rows_for()
    {
        var prompt = new CodeGrid(rows: 4, channels: 3);
        var grid = Run(new SpeechGrid(Short, Rules, prompt, maxNewFrames: 1000, maxRows: 20), (_, _) => 9);
        grid.MaxNewFrames.ShouldBe(20 - 1 - 2 - 4);
        grid.Codes().Rows.ShouldBe(13);
        grid.Rows.ShouldBe(20);
    }

    [Fact]
    public void May_have_nothing_to_say()
    {
        var grid = Run(
            new SpeechGrid(Short, Rules, prompt: null, maxNewFrames: 5, maxRows: 100),
            (_, channel) => channel == 0 ? Eos : (short)9);
        grid.Codes().Rows.ShouldBe(0);
        grid.EndedByItself.ShouldBeTrue();
    }

    [Fact]
    public void Ends_channels_without_delay_together()
    {
        var grid = new SpeechGrid(new DelayPattern([0, 0]), Rules, prompt: null, maxNewFrames: 5, maxRows: 100);
        grid.Append([1, 2]);
        grid.Append([Eos, 3]);
        grid.Row(2).ToArray().ShouldBe([Eos, Eos]);
        grid.Codes().Cells.ToArray().ShouldBe([(short)1, 2]);
    }

    [Fact]
    public void Rejects_a_prompt_that_does_not_fit()
    {
        Should.Throw<ArgumentException>(() => new SpeechGrid(Short, Rules, new CodeGrid(2, channels: 4), 5, 100)).Message
            .ShouldContain("4 channels, the model 3");
        Should.Throw<ArgumentException>(() => new SpeechGrid(Short, Rules, new CodeGrid([0, 1024, 0], channels: 3), 5, 100)).Message
            .ShouldContain("1024");
        Should.Throw<ArgumentException>(() => new SpeechGrid(Short, Rules, new CodeGrid(97, channels: 3), 5, 100)).Message
            .ShouldContain("97 frames");
        new SpeechGrid(Short, Rules, new CodeGrid(96, channels: 3), 5, 100).MaxNewFrames.ShouldBe(1);
        Should.Throw<ArgumentOutOfRangeException>(() => new SpeechGrid(Short, Rules, prompt: null, maxNewFrames: 0, maxRows: 100));
    }

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(Bos, 5)]
    [InlineData(Pad, 5)]
    [InlineData(5, Eos)]
    public void Rejects_a_token_that_a_channel_cannot_hold(short first, short second)
    {
        var grid = new SpeechGrid(new DelayPattern([0, 0]), Rules, prompt: null, maxNewFrames: 5, maxRows: 100);
        Should.Throw<ArgumentException>(() => grid.Append([first, second])).Message.ShouldContain("cannot hold");
    }

    [Property]
    public bool Always_finishes_with_codes_only(int seed, byte promptFrames, byte cap, bool ends)
    {
        var (pattern, random) = Draw(seed);
        var prompt = promptFrames % 5 == 0 ? null : new CodeGrid(promptFrames % 5, pattern.Channels);
        var grid = new SpeechGrid(pattern, Rules, prompt, 1 + cap, maxRows: 120);
        var frames = 0;
        while (!grid.Finished)
        {
            var ending = ends && random.Next(20) == 0;
            var drawn = Enumerable.Range(0, pattern.Channels).Select(channel => ending && channel == 0 ? Eos : (short)random.Next(1024));
            grid.Append([.. drawn]);
            if (grid.FramesDone < frames || grid.Rows > 120 + 1) return false;
            frames = grid.FramesDone;
        }
        var codes = grid.Codes();
        return codes.Rows == grid.EosRow - grid.PromptFrames - 1
            && codes.Rows <= grid.MaxNewFrames
            && grid.EndedByItself == (codes.Rows < grid.MaxNewFrames)
            && codes.Cells.ToArray().All(code => code is >= 0 and < 1024);
    }

    [Property]
    public bool A_channel_holds_what_was_drawn_for_it_whatever_the_others_drew(int seed, byte cap)
    {
        var pattern = Draw(seed).Pattern;
        var one = Run(new SpeechGrid(pattern, Rules, null, 1 + cap, 300), (row, channel) => Code(seed, row, channel));
        var other = Run(
            new SpeechGrid(pattern, Rules, null, 1 + cap, 300),
            (row, channel) => channel == 0 ? Code(seed, row, 0) : Code(~seed, row, channel));
        var codes = one.Codes();
        var others = other.Codes();
        return Enumerable.Range(0, codes.Rows).All(frame => codes[frame, 0] == others[frame, 0] && HoldsDrawnCodes(frame));

        bool HoldsDrawnCodes(int frame) => Enumerable.Range(0, codes.Channels)
            .All(channel => codes[frame, channel] == Code(seed, 1 + frame + pattern[channel], channel));
    }

    [Property]
    public bool Complete_frames_never_change(int seed, byte cap)
    {
        var pattern = Draw(seed).Pattern;
        var grid = new SpeechGrid(pattern, Rules, null, 1 + cap, 300);
        var early = new List<short>();
        var done = 0;
        while (!grid.Finished)
        {
            grid.Append([.. Enumerable.Range(0, pattern.Channels).Select(channel => Code(seed, grid.Rows, channel))]);
            early.AddRange(grid.Codes(done, grid.FramesDone).Cells);
            done = grid.FramesDone;
        }
        return grid.Codes().Cells.SequenceEqual(early.ToArray());
    }

    [Property]
    public bool Frames_made_before_give_the_rows_of_one_run(int seed, byte promptFrames, byte cap, bool ends)
    {
        var (pattern, random) = Draw(seed);
        var prompt = promptFrames % 5 == 0 ? null : new CodeGrid(promptFrames % 5, pattern.Channels);
        var end = ends ? random.Next(1, 60) : int.MaxValue;
        var whole = Run(new SpeechGrid(pattern, Rules, prompt, 1 + cap, 300), Token);
        var made = random.Next(whole.Codes().Rows + 1);
        var grid = new SpeechGrid(pattern, Rules, prompt, 1 + cap, 300, whole.Codes().Slice(0, made));
        var complete = made == grid.MaxNewFrames;
        if (grid.Finished != complete || (!complete && grid.Rows != grid.PromptFrames + 1)) return false;
        var asked = false;
        while (!grid.Finished)
        {
            asked |= Asked(grid).Where((needs, channel) => needs && grid.Rows - 1 - pattern[channel] - grid.PromptFrames < made).Any();
            grid.Append([.. Enumerable.Range(0, pattern.Channels).Select(channel => Token(grid.Rows, channel))]);
        }

        return !asked && grid.EosRow == whole.EosRow && RowsOf(grid).Zip(RowsOf(whole)).All(rows => rows.First.SequenceEqual(rows.Second));

        short Token(int row, int channel) => channel == 0 && row >= end ? Eos : Code(seed, row, channel);
    }

    [Fact]
    public void Rejects_made_frames_that_do_not_fit()
    {
        Should.Throw<ArgumentException>(() => new SpeechGrid(Short, Rules, null, 5, 100, new CodeGrid(6, channels: 3))).Message
            .ShouldContain("6 frames were made of a request for 5");
        Should.Throw<ArgumentException>(() => new SpeechGrid(Short, Rules, null, 5, 100, new CodeGrid(2, channels: 4))).Message
            .ShouldContain("4 channels");
        Should.Throw<ArgumentException>(() => new SpeechGrid(Short, Rules, null, 5, 100, new CodeGrid([0, -1, 0], channels: 3))).Message
            .ShouldContain("-1");
    }

    [Fact]
    public void Allocates_nothing_per_row()
    {
        var grid = new SpeechGrid(Short, Rules, prompt: null, maxNewFrames: 200, maxRows: 300);
        short[] sampled = [1, 2, 3];
        grid.Append(sampled);
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (!grid.Finished) grid.Append(sampled);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static SpeechGrid Run(SpeechGrid grid, Func<int, int, short> draw)
    {
        while (!grid.Finished) grid.Append([.. Enumerable.Range(0, grid.Row(0).Length).Select(channel => draw(grid.Rows, channel))]);
        return grid;
    }

    private static (DelayPattern Pattern, Random Random) Draw(int seed)
    {
        var random = new Random(seed);
        return (new DelayPattern([0, .. Enumerable.Range(0, random.Next(9)).Select(_ => random.Next(16))]), random);
    }

    private static short Code(int seed, int row, int channel) => (short)(CounterRandom.Uniform(seed, row, channel) * 1024);

    private static bool[] Asked(SpeechGrid grid) => [.. Enumerable.Range(0, grid.Row(0).Length).Select(grid.NeedsSampling)];

    private static short[][] RowsOf(SpeechGrid grid) => [.. Enumerable.Range(0, grid.Rows).Select(row => grid.Row(row).ToArray())];
}
