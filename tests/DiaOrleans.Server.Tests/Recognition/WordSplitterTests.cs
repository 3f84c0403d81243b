using DiaOrleans.Transcription;
using Whisper.net;

namespace DiaOrleans.Server.Tests.Recognition;

public sealed class WordSplitterTests
{
    [Fact]
    public void A_word_begins_at_a_token_with_a_space_and_marks_are_left_out() =>
        Split(" Good morning.", "[_BEG_]", " Good", " mor", "ning", ".", "[_TT_100]")
            .ShouldBe([new(0.1, 0.2, " Good"), new(0.2, 0.5, " morning.")]);

    [Fact]
    public void A_first_word_without_a_space_is_a_word() => Split("Yes no", "Yes", " no").Select(w => w.Text).ShouldBe(["Yes", " no"]);

    [Fact]
    public void Tokens_with_parts_of_characters_give_no_words() => Split(" 你", " \ufffd", "\ufffd").ShouldBeEmpty();

    private static IReadOnlyList<SpokenWord> Split(string text, params string[] tokens)
    {
        var timed = tokens.Select((token, i) => new WhisperToken { Text = token, Start = 10 * i, End = 10 * i + 10 });
        var words = WordSplitter.Split(text, timed);
        return [.. words.Select(word => new SpokenWord(Math.Round(word.Start, 3), Math.Round(word.End, 3), word.Text))];
    }
}
