using DiaOrleans.Server.Api.Proxies;

namespace DiaOrleans.Server.Tests.Api.Proxies;

public sealed class PrefixTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("/", "")]
    [InlineData("/tts", "/tts")]
    [InlineData(" /tts/ ", "/tts")]
    [InlineData("/a/b-c_d.e~f", "/a/b-c_d.e~f")]
    public void A_path_is_a_prefix(string text, string prefix) => Prefix.Parse(text).ShouldBe(prefix);

    [Theory]
    [InlineData("tts")]
    [InlineData("//evil.example")]
    [InlineData("/a//b")]
    [InlineData("/\\evil.example")]
    [InlineData("/a/../b")]
    [InlineData("/.")]
    [InlineData("https://evil.example")]
    [InlineData("/a?b")]
    [InlineData("/a#b")]
    [InlineData("/a%2Fb")]
    [InlineData("/a b")]
    [InlineData("/a\r\nSet-Cookie: x")]
    [InlineData("/\"><script>")]
    [InlineData("/é")]
    public void Anything_else_is_none(string text) => Prefix.Parse(text).ShouldBeNull();

    [Fact]
    public void A_long_path_is_none() => Prefix.Parse("/" + new string('a', 256)).ShouldBeNull();

    [Theory]
    [InlineData("/a", "/a")]
    [InlineData("/a, /b/", "/a/b")]
    [InlineData("/a,", "/a")]
    [InlineData("/a, //evil.example", null)]
    [InlineData("evil.example", null)]
    public void Proxies_add_theirs_after_a_comma(string header, string? prefix) => Prefix.ParseForwarded(header).ShouldBe(prefix);
}
