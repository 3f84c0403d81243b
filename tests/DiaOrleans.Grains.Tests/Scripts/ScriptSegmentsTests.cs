using DiaOrleans.Grains.Scripts;
using DiaOrleans.Inference.Decoding;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Scripts;

public sealed class ScriptSegmentsTests
{
    private static readonly Arbitrary<string> Scripts = Gen.Elements(
            "[S1]", "[S2]", "Hello.", "It rains again today, and the street is wet.", "(laughs)", "(clears throat) Well!", "Is it?",
            "a", "ü", "Mr. Smith", "-", "\"No.\"", new string('x', 90), "(this is", "far, far away; or not: who knows", "[s1]")
        .NonEmptyListOf()
        .Select(parts => ScriptReader.ReadTranscript(string.Join(" ", parts), normalize: false))
        .Where(text => text.Length > 0)
        .Select(text => ScriptText.Tag(text, "S1"))
        .ToArbitrary();

    [Fact]
    public void A_script_that_fits_stays_as_it_is() => Cut("[S1]  A. [S1] B. [S2]", 10).ShouldBe(["[S1]  A. [S1] B. [S2]"]);

    [Fact]
    public void Turns_are_cut_apart_before_sentences_are() =>
        Cut("[S1] One is here. Two is there. [S2] Three is far. Four is near. [S1]", 32)
            .ShouldBe(["[S1] One is here. Two is there. [S1]", "[S2] Three is far. Four is near. [S2]"]);

    [Fact]
    public void A_long_turn_is_cut_at_sentences_and_every_part_is_tagged() =>
        Cut("[S2] One is here. Two is there. Three is far away. [S2]", 20)
            .ShouldBe(["[S2] One is here. [S2]", "[S2] Two is there. [S2]", "[S2] Three is far away. [S2]"]);

    [Fact]
    public void Segments_are_about_equally_long_rather_than_full_and_a_rest() =>
        Cut("[S1] Aaaaaaaa. Bbbbbbbb. Cccccccc. Dddddddd. [S1]", 32)
            .ShouldBe(["[S1] Aaaaaaaa. Bbbbbbbb. [S1]", "[S1] Cccccccc. Dddddddd. [S1]"]);

    [Fact]
    public void Segments_with_two_speakers_end_with_the_other_ones_tag() =>
        Cut("[S1] Aaaaaaaa. [S2] Bbbbbbbb. [S1] Cccccccc. [S2] Dddddddd. [S1]", 20)
            .ShouldBe(["[S1] Aaaaaaaa. [S2] Bbbbbbbb. [S1]", "[S1] Cccccccc. [S2] Dddddddd. [S1]"]);

    [Theory]
    [InlineData(
        "[S1] Well, I saw Mr. Brown and Dr. Green. They left. [S1]",
        40,
        "[S1] Well, I saw Mr. Brown and Dr. Green. [S1]|[S1] They left. [S1]")]
    [InlineData(
        "[S1] I will not go there, because it rains, and it is cold. [S1]",
        30,
        "[S1] I will not go there, [S1]|[S1] because it rains, [S1]|[S1] and it is cold. [S1]")]
    [InlineData("[S1] abcdefghijklmnopqrstuvwxyz [S1]", 10, "[S1] abcdefghij [S1]|[S1] klmnopqrst [S1]|[S1] uvwxyz [S1]")]
    public void Cuts_fall_where_people_pause(string script, int maxBytes, string expected) =>
        string.Join('|', Cut(script, maxBytes)).ShouldBe(expected);

    [Theory]
    [InlineData("I read J. R. R. Tolkien again. It was good.", "I read J. R. R. Tolkien again.|It was good.")]
    [InlineData("We met at 9 a.m. on Monday. It was early.", "We met at 9 a.m. on Monday.|It was early.")]
    [InlineData("She was in the U.S. Army for long. Then she left.", "She was in the U.S. Army for long.|Then she left.")]
    [InlineData("Then Capt. Black came. He sat down.", "Then Capt. Black came.|He sat down.")]
    [InlineData("See Sec. 3 and No. 4 below. They say it.", "See Sec. 3 and No. 4 below.|They say it.")]
    [InlineData("Gen. Lee and Sgt. Pepper sat. They sang.", "Gen. Lee and Sgt. Pepper sat.|They sang.")]
    [InlineData("Dr. A. B. Cole, Ph.D. of Bath, left. So did I.", "Dr. A. B. Cole, Ph.D. of Bath, left.|So did I.")]
    [InlineData("It rose to 3. 5 would be more. He was glad.", "It rose to 3. 5 would be more.|He was glad.")]
    [InlineData("Well... maybe not yet. (laughs) Who knows?", "Well... maybe not yet.|(laughs) Who knows?")]
    [InlineData("\"Stop here!\" she said aloud. He stopped.", "\"Stop here!\" she said aloud.|He stopped.")]
    [InlineData("\"I am not at home.\" \"So it seems to me.\"", "\"I am not at home.\"|\"So it seems to me.\"")]
    [InlineData("is it so? yes it is so! and no, it is not", "is it so?|yes it is so!|and no, it is not")]
    public void A_full_stop_inside_a_sentence_ends_none(string text, string expected)
    {
        var longest = expected.Split('|').Max(part => part.Length);
        string.Join('|', Cut($"[S1] {text} [S1]", longest)).Replace("[S1] ", "").Replace(" [S1]", "").ShouldBe(expected);
    }

    [Fact]
    public void A_cut_is_at_a_turn_rather_than_at_a_sentence() =>
        Cut("[S1] One is here. Two is there. Three is far. [S2] Four is near. Five is here. [S1]", 50)
            .ShouldBe(["[S1] One is here. Two is there. Three is far. [S1]", "[S2] Four is near. Five is here. [S2]"]);

    [Fact]
    public void A_cut_is_at_a_paragraph_rather_than_at_a_sentence()
    {
        const string Text = "One is here. Two is there. Three is far.\n\nFour is near. Five is here.";
        var script = ScriptReader.Read(Text, normalize: true).Tag("S1");
        var segments = ScriptSegments.Cut(ScriptSegment.Encode(script.Text), script.Breaks, 50);
        segments.Select(segment => segment.Text)
            .ShouldBe(["[S1] One is here. Two is there. Three is far. [S1]", "[S1] Four is near. Five is here. [S1]"]);
    }

    [Fact]
    public void A_pause_is_always_between_two_segments_and_keeps_the_speakers()
    {
        const string Text = "[pause:1s] [S1] A. [pause:2s] B. [S2] [pause:3s] C. D. [pause:4s]";
        var script = ScriptReader.Read(Text, normalize: true).Tag("S1");
        var segments = ScriptSegments.Cut(ScriptSegment.Encode(script.Text), script.Breaks, 100);
        segments.Select(segment => (segment.Text, segment.PauseBefore.TotalSeconds))
            .ShouldBe([("[S1] A. [S1]", 1), ("[S1] B. [S1]", 2), ("[S2] C. D. [S2]", 3)]);
        script.PauseAtEnd.ShouldBe(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void A_non_verbal_stays_whole() =>
        Cut("[S1] Oh dear me (clears throat) and so on [S1]", 18).ShouldContain(segment => segment.Contains("(clears throat)"));

    [Property(MaxTest = 300)]
    public Property Nothing_is_lost_and_no_segment_is_too_long() => Prop.ForAll(Scripts, Gen.Choose(8, 120).ToArbitrary(), (script, most) =>
    {
        var segments = Cut(script, most);
        var spoken = string.Concat(segments.Select(Spoken));
        return spoken == Spoken(script)
            && segments.All(segment => TextIds.OwnTextBytes(segment) is > 0 and var bytes && bytes <= Math.Max(most, 0))
            && segments.All(segment => TextIds.StartsWithTag(segment) && ScriptText.Tag(segment, "S1") == segment);
    });

    [Property(MaxTest = 200)]
    public Property Each_word_keeps_its_speaker() => Prop.ForAll(Scripts, Gen.Choose(8, 120).ToArbitrary(), (script, most) =>
        string.Concat(Cut(script, most).Select(BySpeaker)) == BySpeaker(script));

    [Fact]
    public void Cut_gives_segments_with_their_ids_and_own_bytes()
    {
        foreach (var segment in ScriptSegments.Cut(ScriptSegment.Encode("[S2] Öne is here. Two is there. [S2]"), [], 20))
        {
            segment.Ids.ShouldBe(TextIds.Encode(segment.Text));
            segment.OwnBytes.ShouldBe(TextIds.OwnTextBytes(segment.Text));
        }
    }

    private static string[] Cut(string script, int maxBytes) =>
        [.. ScriptSegments.Cut(ScriptSegment.Encode(script), [], maxBytes).Select(segment => segment.Text)];

    private static string Spoken(string script) => script.Replace("[S1]", "").Replace("[S2]", "").Replace(" ", "");

    /// <summary>Every spoken character behind the number of its speaker.</summary>
    private static string BySpeaker(string script)
    {
        var speaker = '1';
        var result = "";
        for (var i = 0; i < script.Length; i++)
        {
            if (TextIds.StartsWithTag(script.AsSpan(i)))
            {
                speaker = script[i + 2];
                i += 3;
            }
            else if (script[i] != ' ')
            {
                result += $"{speaker}{script[i]}";
            }
        }

        return result;
    }
}
