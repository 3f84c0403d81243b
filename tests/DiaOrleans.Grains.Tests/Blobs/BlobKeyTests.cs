using DiaOrleans.Grains.Blobs;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Blobs;

public sealed class BlobKeyTests
{
    [Theory]
    [InlineData("audio_prompts/my voice.mp3")]
    [InlineData("audio_prompts/声 ü😀.wav")]
    [InlineData("a/b..c")]
    public void A_key_is_a_folder_and_a_name(string key)
    {
        var parts = key.Split('/');
        BlobKey.Split(key).ShouldBe((parts[0], parts[1]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("a")]
    [InlineData("a/")]
    [InlineData("/a")]
    [InlineData("a/b/c")]
    [InlineData("a/..")]
    [InlineData("../a")]
    [InlineData("a/.hidden")]
    [InlineData("a/b\\c")]
    [InlineData("a/b:c")]
    [InlineData("a/b\0c")]
    [InlineData("a/b\u0085c")]
    [InlineData("a/b ")]
    [InlineData("a/b.")]
    public void Nothing_else_is_a_key(string key) => Should.Throw<ArgumentException>(() => BlobKey.Split(key));

    [Fact]
    public void A_name_that_a_file_cannot_have_is_refused()
    {
        BlobKey.IsSafe("a\ud800b").ShouldBeFalse();
        BlobKey.IsSafe("a\ufffdb").ShouldBeFalse();
    }

    [Fact]
    public void A_name_has_at_most_220_bytes()
    {
        BlobKey.IsSafe(new string('a', 220)).ShouldBeTrue();
        BlobKey.IsSafe(new string('a', 221)).ShouldBeFalse();
        BlobKey.IsSafe(new string('声', 73)).ShouldBeTrue();
        BlobKey.IsSafe(new string('声', 74)).ShouldBeFalse();
    }

    [Property]
    public bool A_safe_part_stays_within_its_folder(string? part)
    {
        if (part is null || !BlobKey.IsSafe(part)) return true;
        var root = Path.GetFullPath("/root/folder");
        return Path.GetDirectoryName(Path.GetFullPath(Path.Combine(root, part))) == root;
    }
}
