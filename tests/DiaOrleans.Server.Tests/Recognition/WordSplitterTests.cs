using DiaOrleans.Transcription;
using Whisper.net;

namespace DiaOrleans.Server.Tests.Recognition;

public sealed class WordSplitterTests
{
    [Fact]
    public void Tokens_become_words_at_their_spaces_and_marks_are_left_out() =>
        Split(" Good morning.", "[_BEG_]", " Good", " mor", "ning", ".", "[_TT_100]")
            .ShouldBe([new(0.1, 0.2, " Good"), new(0.2, 0.5, " morning.")]);

    [Fact]
    public void A_first_word_without_a_space_is_a_word() => Split("Yes no", "Yes", " no").Select(w => w.Text).ShouldBe(["Yes", " no"]);

    [Fact]
    public void Tokens_that_hold_parts_of_characters_give_no_words() => Split(" 你", " \ufffd", "\ufffd").ShouldBeEmpty();

    private static IReadOnlyList<SpokenWord> Split(string text, params string[] tokens) =>
        [
            .. from word in WordSplitter.Split(text, tokens.Select((t, i) => new WhisperToken { Text = t, Start = 10 * i, End = 10 * i + 10 }))
               select new SpokenWord(Math.Round(word.Start, 3), Math.Round(word.End, 3), word.Text),
        ];
}
