using DiaOrleans.Grains.Voices;

namespace DiaOrleans.Grains.Tests.Voices;

public sealed class VoiceIdTests
{
    [Theory]
    [InlineData("alloy")]
    [InlineData(" a b/c%2F ")]
    [InlineData("声\U0001F600")]
    public void Accepts_any_printable_text(string id) => VoiceId.CanExist(id).ShouldBeTrue();

    [Fact]
    public void Counts_code_points_and_not_UTF_16_units()
    {
        VoiceId.CanExist(string.Concat(Enumerable.Repeat("\U0001F600", 256))).ShouldBeTrue();
        VoiceId.CanExist(string.Concat(Enumerable.Repeat("\U0001F600", 257))).ShouldBeFalse();
        VoiceId.CanExist(new string('a', 257)).ShouldBeFalse();
    }

    [Fact]
    public void Refuses_blank_ids_control_characters_and_unpaired_surrogates()
    {
        foreach (var id in (string[])["", " ", "a\0b", "a\u007fb", "a\ud800", "\udc00\ud800"]) VoiceId.CanExist(id).ShouldBeFalse();
    }
}
