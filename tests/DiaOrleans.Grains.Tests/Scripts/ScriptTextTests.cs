using DiaOrleans.Grains.Scripts;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Scripts;

public sealed class ScriptTextTests
{
    [Theory]
    [InlineData("Hello.", "S1", "[S1] Hello. [S1]")]
    [InlineData("Hello.", "S2", "[S2] Hello. [S2]")]
    [InlineData("Hello.", "Narrator", "[S1] Hello. [S1]")]
    [InlineData("Hello.", "s2", "[S1] Hello. [S1]")]
    [InlineData("[s1] Hello. [s2]", "S2", "[S2] [s1] Hello. [s2] [S2]")]
    public void Puts_the_primary_speaker_around_a_text_without_tags(string text, string speaker, string tagged) =>
        ScriptText.Tag(text, speaker).ShouldBe(tagged);

    [Theory]
    [InlineData("[S1] A. [S2] B.", "[S1] A. [S2] B. [S1]")]
    [InlineData("[S2] A.", "[S2] A. [S2]")]
    [InlineData("[S1] A. [S2] B. [S1] C.", "[S1] A. [S2] B. [S1] C. [S2]")]
    [InlineData("[S1] A. [S1] B.", "[S1] A. [S1] B. [S1]")]
    [InlineData("[S1] A. [S2] B. [S1]", "[S1] A. [S2] B. [S1]")]
    [InlineData("[S1] A.[S2]", "[S1] A.[S2]")]
    public void Ends_with_the_second_to_last_speaker(string text, string tagged) => ScriptText.Tag(text, "S2").ShouldBe(tagged);

    [Theory]
    [InlineData("Hello [S2] B.", "[S1] Hello [S2] B. [S1]")]
    [InlineData("Hello [S1] B.", "[S2] Hello [S1] B. [S2]")]
    [InlineData("Hello [S1] B. [S2] C.", "[S2] Hello [S1] B. [S2] C. [S1]")]
    [InlineData("Hello [S1]", "[S2] Hello [S1]")]
    public void Gives_text_before_the_first_tag_to_the_other_speaker(string text, string tagged) =>
        ScriptText.Tag(text, "S1").ShouldBe(tagged);

    [Theory]
    [InlineData("[S1][S2] A.", "[S1][S2] A. [S1]")]
    [InlineData("[S1] [S1] A.", "[S1] [S1] A. [S1]")]
    public void Keeps_tags_that_follow_each_other(string text, string tagged) => ScriptText.Tag(text, "S1").ShouldBe(tagged);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Refuses_to_tag_nothing(string text) => Should.Throw<ArgumentException>(() => ScriptText.Tag(text, "S1"));

    [Property(MaxTest = 500)]
    public Property Tagging_keeps_the_whole_text_between_tags() => Prop.ForAll(Texts, Speakers, (text, speaker) =>
    {
        var tagged = ScriptText.Tag(text, speaker);
        return tagged.Contains(text)
            && tagged.Length <= text.Length + "[S1] ".Length + " [S1]".Length
            && (tagged.StartsWith("[S1]") || tagged.StartsWith("[S2]"))
            && (tagged.EndsWith("[S1]") || tagged.EndsWith("[S2]"));
    });

    [Property(MaxTest = 500)]
    public Property A_tagged_text_is_clean_and_stays_as_it_is() => Prop.ForAll(Texts, Speakers, (text, speaker) =>
    {
        var tagged = ScriptText.Tag(text, speaker);
        return ScriptReader.Read(tagged, normalize: false).Text == tagged && ScriptText.Tag(tagged, speaker) == tagged;
    });

    private static readonly string[] Pieces = ["[S1]", "[S2]", "[S", "1]", " ", "\n", "Hello", ".", "é", "[s1]", "(laughs)"];

    private static Arbitrary<string> Texts => Gen.Elements(Pieces)
        .ListOf()
        .Select(pieces => ScriptReader.ReadTranscript(string.Concat(pieces), normalize: false))
        .Where(text => text.Length > 0)
        .ToArbitrary();

    private static Arbitrary<string> Speakers => Gen.Elements("S1", "S2", "narrator", "").ToArbitrary();
}
