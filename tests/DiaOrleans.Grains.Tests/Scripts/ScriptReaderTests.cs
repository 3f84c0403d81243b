using System.Text;
using DiaOrleans.Grains.Scripts;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Scripts;

public sealed class ScriptReaderTests
{
    [Theory]
    [InlineData("Hello there.", "Hello there.")]
    [InlineData("  Hello\r\n\t there. \u00a0\u2003", "Hello there.")]
    [InlineData("*waves* Hello * there.", "waves Hello there.")]
    [InlineData("Hel\u0000lo\u0001 \u0002 there\u001b.", "Hello there.")]
    [InlineData("[S*1] Hello.", "[S1] Hello.")]
    [InlineData("Café 😀 你好.", "Café 😀 你好.")]
    [InlineData("lone \ud83d surrogate", "lone \ud83d surrogate")]
    [InlineData("[s1] Hi [s2]", "[s1] Hi [s2]")]
    [InlineData("[S3] &amp; # [pause:1s] _x_", "[S3] &amp; # [pause:1s] _x_")]
    public void Without_clean_up_only_asterisks_controls_and_spaces_change(string text, string read) =>
        ScriptReader.Read(text, normalize: false).Text.ShouldBe(read);

    [Theory]
    [InlineData("")]
    [InlineData(" \t\r\n\u3000")]
    [InlineData("***")]
    [InlineData("\0\u0001\u0002\u001f")]
    [InlineData("[S1]")]
    [InlineData(" [S1] [S2][S1] * ")]
    [InlineData("?!")]
    [InlineData("😀 👩‍👩‍👧")]
    public void A_text_without_letters_and_digits_is_refused(string text)
    {
        foreach (var normalize in new[] { true, false })
            Should.Throw<ScriptException>(() => ScriptReader.Read(text, normalize)).Message.ShouldBe("Text cannot be empty");
    }

    [Theory]
    [InlineData("[pause:2s]")]
    [InlineData("<p><br/></p>")]
    [InlineData("# \n- \n> ")]
    [InlineData("\u200b\ufeff")]
    [InlineData("<script>let a = 1;</script>")]
    public void A_text_of_which_nothing_remains_is_refused(string text) =>
        Should.Throw<ScriptException>(() => ScriptReader.Read(text, normalize: true)).Message.ShouldBe("Text cannot be empty");

    [Theory]
    [InlineData("[S3] Hi", "[S3]")]
    [InlineData("[S1] A. [s0] B.", "[s0]")]
    [InlineData("[S1] A. [S12] B.", "[S12]")]
    [InlineData("[S\u200b4] Hi", "[S4]")]
    public void A_third_speaker_is_refused(string text, string tag) =>
        Should.Throw<ScriptException>(() => ScriptReader.Read(text, normalize: true))
            .Message.ShouldBe($"Unknown speaker tag '{tag}': Dia has the speakers [S1] and [S2]");

    [Theory]
    [InlineData("[S3] Hi [pause:1s] there", "[S3] Hi there")]
    [InlineData("# Title\n- *sighs*", "Title. (sighs).")]
    [InlineData("[S1] [S2]", "")]
    public void In_a_transcript_a_third_speaker_is_text_and_pauses_are_left_out(string text, string read) =>
        ScriptReader.ReadTranscript(text, normalize: true).ShouldBe(read);

    [Theory]
    [InlineData("Hi [pause:1s] there", "Hi there", 3, 1000)]
    [InlineData("Hi[pause: 1.5 s]there", "Hi there", 3, 1500)]
    [InlineData("Hi [PAUSE:250MS] there", "Hi there", 3, 250)]
    [InlineData("Hi <break time=\"500ms\"/> there", "Hi there", 3, 500)]
    [InlineData("Hi <break time='2s'></break> there", "Hi there", 3, 2000)]
    [InlineData("Hi <break strength=\"strong\"/> there", "Hi there", 3, 500)]
    [InlineData("Hi &lt;break time=&quot;3s&quot;/&gt; there", "Hi there", 3, 3000)]
    [InlineData("Hi [pause:1s] [pause:2s] there", "Hi there", 3, 3000)]
    [InlineData("[pause:1s] Hi", "Hi", 0, 1000)]
    [InlineData("Hi [pause:1s]", "Hi", 2, 1000)]
    public void A_pause_is_a_place_in_the_text_and_no_part_of_it(string text, string words, int at, int milliseconds)
    {
        var script = ScriptReader.Read(text, normalize: true);
        script.Text.ShouldBe(words);
        script.Breaks.ShouldBe([new ScriptBreak(at, TimeSpan.FromMilliseconds(milliseconds))]);
    }

    [Theory]
    [InlineData("Hi [pause:10.1s]", "Pause '[pause:10.1s]' is too long: a pause is 10 s at most")]
    [InlineData("Hi <break time=\"11s\"/>", "Pause '[pause:11s]' is too long: a pause is 10 s at most")]
    [InlineData("Hi [pause:long]", "Pause '[pause:long]' has no length: write [pause:1s] or [pause:500ms]")]
    [InlineData("Hi [pause:-1s]", "Pause '[pause:-1s]' has no length: write [pause:1s] or [pause:500ms]")]
    public void A_pause_without_a_possible_length_is_refused(string text, string problem) =>
        Should.Throw<ScriptException>(() => ScriptReader.Read(text, normalize: true)).Message.ShouldBe(problem);

    [Fact]
    public void Pauses_are_a_minute_in_all_at_most()
    {
        var six = string.Concat(Enumerable.Repeat("[pause:10s] Hi ", 6));
        ScriptReader.Read(six, normalize: true).Breaks.Count.ShouldBe(6);
        Should.Throw<ScriptException>(() => ScriptReader.Read(six + "[pause:1ms]", normalize: true))
            .Message.ShouldBe("Too many pauses: a text has 60 s of them at most");
    }

    [Fact]
    public void Paragraphs_are_places_in_the_text()
    {
        var script = ScriptReader.Read("One.\n\nTwo\nis.\n \nThree.", normalize: true);
        script.Text.ShouldBe("One. Two is. Three.");
        script.Breaks.ShouldBe([new ScriptBreak(5, TimeSpan.Zero), new ScriptBreak(13, TimeSpan.Zero)]);
    }

    [Fact]
    public void Tags_move_the_places()
    {
        var script = ScriptReader.Read("One [pause:1s] two [pause:2s]", normalize: true).Tag("S2");
        script.Text.ShouldBe("[S2] One two [S2]");
        script.Breaks.ShouldBe([new ScriptBreak(9, TimeSpan.FromSeconds(1)), new ScriptBreak(12, TimeSpan.FromSeconds(2))]);
        script.PauseAtEnd.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Property(MaxTest = 500)]
    public Property Without_clean_up_only_asterisks_controls_and_spaces_are_dropped() => Prop.ForAll(Texts, text =>
    {
        var read = ScriptReader.ReadTranscript(text, normalize: false);
        if (read.Length == 0) return !text.Contains("Hello") && !text.Contains('é');
        var isTrimmed = read.Trim() == read && !read.Contains("  ");
        return Solid(read) == Solid(text) && isTrimmed && ScriptReader.ReadTranscript(read, normalize: false) == read;
    });

    private static Arbitrary<string> Texts => Gen
        .Elements("[S1]", "[S2]", "[S", "]", "*", " ", "\t", "\n", "\0", "\u0001", "Hello", ".", "é", "😀", "\ud83d", "\ude00", "\u00a0")
        .ListOf()
        .Select(pieces => string.Concat(pieces))
        .ToArbitrary();

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
