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
    [InlineData("ä")]
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
    [InlineData("声 ü", true)]
    [InlineData("it's", true)]
    [InlineData("a/b", false)]
    [InlineData("..", false)]
    [InlineData(" ", false)]
    [InlineData("a\ud800", false)]
    [InlineData("a.reference", false)]
    public void A_file_in_the_folder_may_have_any_safe_name(string id, bool can) => PromptId.CanExist(id).ShouldBe(can);
}
