using DiaOrleans.Inference.Execution;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Execution;

public sealed class WindowPlanTests
{
    private const int Context = 10;

    [Fact]
    public void Windows_grow_from_8_frames_to_172()
    {
        var windows = AllAtOnce(3, 1000);
        windows.Select(w => w.To - w.From).ShouldBe([8, 16, 43, 86, 172, 172, 172, 172, 156]);
        windows[0].From.ShouldBe(3);
    }

    [Theory]
    [InlineData(46, new[] { 8, 16, 43, 43, 15 })]
    [InlineData(16, new[] { 8, 16, 16, 16, 16, 16, 16, 16, 5 })]
    [InlineData(1, new[] { 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 5 })]
    public void No_window_is_longer_than_the_codec_allows(int longest, int[] expected)
    {
        var plan = new WindowPlan(0, Context, longest);
        var sizes = new List<int>();
        while (plan.TryNext(125, ended: true, out var window)) sizes.Add(window.To - window.From);
        sizes.ShouldBe(expected);
    }

    [Property]
    public void Windows_cover_every_frame_once_with_their_context(byte start, ushort length)
    {
        var end = start + length % 1000;
        var next = (int)start;
        foreach (var window in AllAtOnce(start, end))
        {
            window.From.ShouldBe(next);
            window.To.ShouldBeGreaterThan(window.From);
            window.First.ShouldBe(Math.Max(0, window.From - Context));
            window.Last.ShouldBe(Math.Min(end, window.To + Context));
            next = window.To;
        }

        next.ShouldBe(end);
    }

    [Property]
    public void Windows_do_not_depend_on_how_the_frames_arrive(byte start, byte[] arrivals)
    {
        var plan = new WindowPlan(start, Context);
        var windows = new List<CodecWindow>();
        var frames = (int)start;
        foreach (var more in arrivals)
        {
            frames += more;
            Take(ended: false);
            windows.ShouldAllBe(w => w.Last <= frames && w.Last == w.To + Context);
        }

        Take(ended: true);
        windows.ShouldBe(AllAtOnce(start, frames));

        void Take(bool ended)
        {
            while (plan.TryNext(frames, ended, out var window)) windows.Add(window);
        }
    }

    [Fact]
    public void A_window_is_there_as_soon_as_its_last_frame_s_context_is()
    {
        var plan = new WindowPlan(0, Context);
        plan.TryNext(17, ended: false, out _).ShouldBeFalse();
        plan.TryNext(18, ended: false, out var window).ShouldBeTrue();
        window.ShouldBe(new CodecWindow(0, 0, 8, 18));
        plan.TryNext(18, ended: false, out _).ShouldBeFalse();
        plan.TryNext(18, ended: true, out window).ShouldBeTrue();
        window.ShouldBe(new CodecWindow(0, 8, 18, 18));
        plan.TryNext(18, ended: true, out _).ShouldBeFalse();
    }

    private static List<CodecWindow> AllAtOnce(int start, int frames)
    {
        var plan = new WindowPlan(start, Context);
        var windows = new List<CodecWindow>();
        while (plan.TryNext(frames, ended: true, out var window)) windows.Add(window);
        return windows;
    }
}
