using DiaOrleans.Grains.Scripts;

namespace DiaOrleans.Grains.Tests.Scripts;

public sealed class AbbreviationsTests
{
    [Theory]
    [InlineData("Capt.")]
    [InlineData("capt.")]
    [InlineData("(Dr.")]
    [InlineData("J.")]
    [InlineData("U.S.")]
    [InlineData("a.m.")]
    [InlineData("e.g.")]
    [InlineData("Ph.D.")]
    [InlineData("\"Mrs.")]
    public void Known_ones_and_initials_are_abbreviations(string word) => Abbreviations.Contains(word).ShouldBeTrue();

    [Theory]
    [InlineData("No.")]
    [InlineData("cast.")]
    [InlineData("end.")]
    [InlineData("a.")]
    [InlineData("1990.")]
    [InlineData("...")]
    [InlineData("example.org.")]
    public void Other_words_are_none(string word) => Abbreviations.Contains(word).ShouldBeFalse();
}
