using DiaOrleans.Grains.Prompts;

namespace DiaOrleans.Grains.Tests.Prompts;

public sealed class PromptIdTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("Anna_2 - calm.v1")]
    [InlineData("_x")]
    [InlineData("-x")]
    [InlineData("upload")]
    [InlineData("ä")]
    [InlineData("Zoë's voice (calm)")]
    [InlineData("(take 2)")]
    [InlineData("(")]
    [InlineData("'a'")]
    [InlineData("Дикторша_3")]
    [InlineData("声優 ５")]
    [InlineData("शांति")]
    [InlineData("مذيع")]
    [InlineData("ต้น")]
    [InlineData("𐐷𠮷")]
    [InlineData("x\u0331")]
    public void Can_be_uploaded(string id) => PromptId.CanUpload(id).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("../a")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\n")]
    [InlineData("a\u00a0b")]
    [InlineData("a\u200db")]
    [InlineData("a\u202eb")]
    [InlineData("😀")]
    [InlineData("a’b")]
    [InlineData("½")]
    [InlineData("Ⅷ")]
    [InlineData("a*b")]
    [InlineData("a:b")]
    [InlineData("a\0b")]
    [InlineData("a／b")]
    [InlineData("a․․b")]
    [InlineData("a.REFERENCE")]
    [InlineData("a\ud800")]
    [InlineData("a.reference")]
    [InlineData("a.Reference")]
    public void Cannot_be_uploaded(string id) => PromptId.CanUpload(id).ShouldBeFalse();

    [Fact]
    public void Has_at_most_128_characters()
    {
        PromptId.CanUpload(new string('a', 128)).ShouldBeTrue();
        PromptId.CanUpload(new string('a', 129)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(128, "𐐷", false)]
    [InlineData(50, "𐐷", true)]
    [InlineData(51, "𐐷", false)]
    [InlineData(66, "声", true)]
    [InlineData(67, "声", false)]
    [InlineData(100, "é", true)]
    [InlineData(101, "é", false)]
    public void Takes_at_most_200_bytes(int count, string character, bool can) =>
        PromptId.CanUpload(string.Concat(Enumerable.Repeat(character, count))).ShouldBe(can);

    [Theory]
    [InlineData("Zoe\u0308", "Zo\u00eb")]
    [InlineData("A\u030angstro\u0308m", "\u00c5ngstr\u00f6m")]
    [InlineData("\u212b", "\u00c5")]
    [InlineData("\u1112\u1161\u11ab", "\ud55c")]
    [InlineData("a\u0323\u0307", "\u1ea1\u0307")]
    [InlineData("a\u0307\u0323", "\u1ea1\u0307")]
    [InlineData("\u0915\u093c", "\u0915\u093c")]
    [InlineData("plain - id.1", "plain - id.1")]
    [InlineData("\ufb01 \u00e6", "\ufb01 \u00e6")]
    [InlineData("e\u0301\ud800", "e\u0301\ud800")]
    public void Is_compared_in_normalisation_form_c(string id, string normalised)
    {
        PromptId.Normalise(id).ShouldBe(normalised);
        PromptId.Normalise(normalised).ShouldBe(normalised);
    }

    [Theory]
    [InlineData("声 ü", true)]
    [InlineData("it's", true)]
    [InlineData("a/b", false)]
    [InlineData("..", false)]
    [InlineData(" ", false)]
    [InlineData("a\ud800", false)]
    [InlineData("a.reference", false)]
    public void A_file_in_the_folder_may_have_any_safe_name(string id, bool can) => PromptId.CanExist(id).ShouldBe(can);
}
