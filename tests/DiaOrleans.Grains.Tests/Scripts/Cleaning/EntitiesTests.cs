using DiaOrleans.Grains.Scripts.Cleaning;

namespace DiaOrleans.Grains.Tests.Scripts.Cleaning;

public sealed class EntitiesTests
{
    [Theory]
    [InlineData("AT&T; &unknown; & &;", "AT&T; &unknown; & &;")]
    [InlineData("&lt;&gt;&quot;&apos;&nbsp;&eacute;&hellip;", "<>\"'\u00a0é…")]
    [InlineData("&comma;&CounterClockwiseContourIntegral;", ",∳")]
    [InlineData("&#8217;&#x2019;&#X2019;&#128512;", "’’’😀")]
    [InlineData("&#146;&#x80;", "’€")]
    [InlineData("&#;&#x;&#-1;&#99999999999;", "&#;&#x;&#-1;&#99999999999;")]
    [InlineData("&amp;amp;amp;lt;", "<")]
    [InlineData("&am&#112;;", "&")]
    [InlineData("&amp", "&amp")]
    public void References_that_end_in_a_semicolon_are_decoded_until_none_is_left(string text, string decoded) =>
        Entities.Decode(text).ShouldBe(decoded);
}
