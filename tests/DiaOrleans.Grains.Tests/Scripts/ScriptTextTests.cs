using System.Text;
using DiaOrleans.Grains.Scripts;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Scripts;

public sealed class ScriptTextTests
{
    [Theory]
    [InlineData("Hello there.", "Hello there.")]
    [InlineData("  Hello\r\n\t there. \u00a0\u2003", "Hello there.")]
    [InlineData("*waves* Hello * there.", "waves Hello there.")]
    [InlineData("Hel\u0000lo\u0001 \u0002 there\u001b.", "Hello there.")]
    [InlineData("[S*1] Hello.", "[S1] Hello.")]
    [InlineData("Café 😀 你好.", "Café 😀 你好.")]
    [InlineData("lone \ud83d surrogate", "lone \ud83d surrogate")]
    [InlineData("[s1] [s2]", "[s1] [s2]")]
    public void Keeps_what_can_be_said(string text, string cleaned) => ScriptText.Clean(text).ShouldBe(cleaned);

    [Theory]
    [InlineData("")]
    [InlineData(" \t\r\n\u3000")]
    [InlineData("***")]
    [InlineData("\0\u0001\u0002\u001f")]
    [InlineData("[S1]")]
    [InlineData(" [S1] [S2][S1] * ")]
    public void Leaves_nothing_of_a_text_that_says_nothing(string text) => ScriptText.Clean(text).ShouldBeEmpty();

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
    public Property Cleaning_twice_is_cleaning_once() =>
        Prop.ForAll(Scripts, text => ScriptText.Clean(ScriptText.Clean(text)) == ScriptText.Clean(text));

    [Property(MaxTest = 500)]
    public Property Cleaning_drops_only_asterisks_controls_and_whitespace() => Prop.ForAll(Scripts, text =>
    {
        var cleaned = ScriptText.Clean(text);
        if (cleaned.Length == 0) return Solid(text).Replace("[S1]", "").Replace("[S2]", "").Length == 0;
        var isTrimmed = cleaned.Trim() == cleaned && !cleaned.Contains("  ");
        return Solid(cleaned) == Solid(text) && isTrimmed && cleaned.All(unit => unit >= ' ' && unit != '*');
    });

    [Property(MaxTest = 500)]
    public Property Tagging_keeps_the_whole_text_between_tags() => Prop.ForAll(Scripts, Speakers, (text, speaker) =>
    {
        if (ScriptText.Clean(text) is not { Length: > 0 } cleaned) return true;
        var tagged = ScriptText.Tag(cleaned, speaker);
        return tagged.Contains(cleaned)
            && tagged.Length <= cleaned.Length + "[S1] ".Length + " [S1]".Length
            && (tagged.StartsWith("[S1]") || tagged.StartsWith("[S2]"))
            && (tagged.EndsWith("[S1]") || tagged.EndsWith("[S2]"));
    });

    [Property(MaxTest = 500)]
    public Property A_tagged_text_is_clean_and_stays_as_it_is() => Prop.ForAll(Scripts, Speakers, (text, speaker) =>
    {
        if (ScriptText.Clean(text) is not { Length: > 0 } cleaned) return true;
        var tagged = ScriptText.Tag(cleaned, speaker);
        return ScriptText.Clean(tagged) == tagged && ScriptText.Tag(tagged, speaker) == tagged;
    });

    private static readonly string[] Pieces =
    [
        "[S1]", "[S2]", "[S", "1]", "*", " ", "\t", "\n", "\0", "\u0001",
        "Hello", ".", "é", "😀", "\ud83d", "\ude00", "\u00a0", "[s1]", "(laughs)",
    ];

    private static Arbitrary<string> Scripts => Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary();

    private static Arbitrary<string> Speakers => Gen.Elements("S1", "S2", "narrator", "").ToArbitrary();

    private static string Solid(string text)
    {
        var solid = new StringBuilder();
        foreach (var unit in text)
        {
            if (!char.IsWhiteSpace(unit) && unit > '\u001f' && unit != '*') solid.Append(unit);
        }
        return solid.ToString();
    }
}
