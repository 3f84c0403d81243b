using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Grains.Prompts;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class KeptCodesTests
{
    [Fact]
    public void Codes_of_different_codecs_are_kept_side_by_side()
    {
        var kept = KeptCodes.None.With(Codes("r", "a", 1)).With(Codes("r", "b", 2));
        kept.Find("r", "a")!.Cells.ShouldBe([1]);
        kept.Find("r", "b")!.Cells.ShouldBe([2]);
        kept.Find("r", "c").ShouldBeNull();
        kept.Find("other", "a").ShouldBeNull();
    }

    [Fact]
    public void New_codes_of_a_codec_replace_its_earlier_ones()
    {
        var kept = KeptCodes.None.With(Codes("r", "a", 1)).With(Codes("r", "a", 2));
        kept.Find("r", "a")!.Cells.ShouldBe([2]);
        kept.ToState().ByCodec.ShouldHaveSingleItem();
    }

    [Fact]
    public void Codes_of_another_recording_are_dropped()
    {
        var kept = KeptCodes.None.With(Codes("old", "a", 1)).With(Codes("new", "b", 2));
        kept.ToState().ByCodec.ShouldHaveSingleItem().RecordingHash.ShouldBe("new");
    }

    [Fact]
    public void The_oldest_codes_are_dropped_above_the_limit()
    {
        var codecs = Enumerable.Range(0, KeptCodes.MaxCodecs + 2).Select(i => $"codec {i}").ToArray();
        var kept = codecs.Aggregate(KeptCodes.None, (codes, codec) => codes.With(Codes("r", codec, 1)));
        kept.ToState().ByCodec.Select(codes => codes.CodecFingerprint).ShouldBe(codecs[2..]);
    }

    [Fact]
    public void A_stored_state_of_each_version_gives_its_codes()
    {
        var codes = Codes("r", "a", 1);
        KeptCodes.FromState(new AudioPromptCodesState { Codes = codes }).Find("r", "a").ShouldBe(codes);
        KeptCodes.FromState(new AudioPromptCodesState { ByCodec = [codes] }).Find("r", "a").ShouldBe(codes);
        KeptCodes.FromState(new AudioPromptCodesState()).IsEmpty.ShouldBeTrue();
    }

    private static PromptCodes Codes(string recording, string codec, short cell) => new(recording, codec, [cell], 1);
}
