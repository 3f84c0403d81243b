using DiaOrleans.Grains.Scripts.Cleaning;

namespace DiaOrleans.Grains.Tests.Scripts.Cleaning;

public sealed class CharactersTests
{
    [Theory]
    [InlineData("plain text\n\twith <marks> & *more*", "plain text\n\twith <marks> & *more*")]
    [InlineData("a\r\nb\rc\u2028d\u2029e\u0085f", "a\nb\nc\nd\ne\nf")]
    [InlineData("a\0b\u001bc", "abc")]
    [InlineData("a\u00adb\u200bc\u200ed\u2060e\ufefff\ufe0fg\U000e0001h", "abcdefgh")]
    [InlineData("a\u00a0b\u2003c\u3000d", "a b c d")]
    [InlineData("‘a’ ‚b‛ “c” „d‟", "'a' 'b' \"c\" \"d\"")]
    [InlineData("e\u0301 \u212b \u1112\u1161\u11ab", "é Å 한")]
    [InlineData("state‑of‑the‑art −5 ‼ ⁉", "state-of-the-art -5 !! !?")]
    [InlineData("Wait—what – no―yes——ok", "Wait - what - no - yes - ok")]
    [InlineData("— Hello\n[S1] — Hi\n[s2]—No", "Hello\n[S1] Hi\n[s2]No")]
    [InlineData("• Milk\n▪ Bread, • not", "- Milk\n- Bread, • not")]
    [InlineData("1️⃣ and #️⃣", "1 and #")]
    [InlineData("°©®™№^%$€½²①æßñ→×÷", "°©®™№^%$€½²①æßñ→×÷")]
    public void Each_character_gets_its_plain_form(string text, string folded) =>
        Characters.Fold(text).Replace("  ", " ").TrimStart(' ').ShouldBe(folded);

    [Theory]
    [InlineData("😀")]
    [InlineData("👩🏽‍💻")]
    [InlineData("🇩🇪")]
    [InlineData("❤️")]
    [InlineData("☃")]
    [InlineData("✓")]
    [InlineData("⭐")]
    [InlineData("↔️")]
    [InlineData("█")]
    [InlineData("\U0001fae9")]
    [InlineData("🏴󠁧󠁢󠁥󠁮󠁧󠁿")]
    public void Pictures_become_spaces(string picture) => Characters.Fold($"a{picture}b").ShouldMatch("^a +b$");
}
