using DiaOrleans.Grains.Scripts.Cleaning;

namespace DiaOrleans.Grains.Tests.Scripts.Cleaning;

public sealed class InlineMarksTests
{
    [Theory]
    [InlineData("*a* **b** ***c*** _d_ __e__ ~~f~~", "a b c d e f")]
    [InlineData("un*believ*able snake_case_name _a_b", "unbelievable snake_case_name _a_b")]
    [InlineData("*a **b** c* **a *b** c*", "a b c a b c")]
    [InlineData("a * b * c ** d", "a * b * c ** d")]
    [InlineData("~a~ ~~~b~~~ ~~ c ~~", "~a~ ~~~b~~~ ~~ c ~~")]
    [InlineData(@"\*a* \_b_ ¯\_(ツ)_/¯", @"\*a* \_b_ ¯\_(ツ)_/¯")]
    [InlineData("*over\nlines*", "over\nlines")]
    [InlineData("**bold**text, **\"quoted\"** (*so*)", "boldtext, \"quoted\" (so)")]
    [InlineData("*sighs* **Clears Throat** _laughs_ (*coughs*) *sighs deeply*", "(sighs) (clears throat) (laughs) (coughs) sighs deeply")]
    public void Emphasis_follows_commonmark(string text, string stripped) => Emphasis.Strip(text).ShouldBe(stripped);

    [Theory]
    [InlineData("`a` ``b ` c`` `d", "a b ` c `d")]
    [InlineData("it`s late and that`s it", "it`s late and that`s it")]
    public void Code_loses_its_ticks(string text, string stripped) => CodeTicks.Strip(text).ShouldBe(stripped);

    [Theory]
    [InlineData("[a](https://x.org) [b](/c) [d](#e) [f](www.g.org) [h](mailto:i@j.k)", "a b d f h")]
    [InlineData("![a](b/c.png) [![d](/e)](/f) [](/g)", "a d ")]
    [InlineData("[a](https://x.org/b_(c) \"title\") [d](<https://x.org/e f>)", "a d")]
    [InlineData("[a](b) [S1](https://x.org) [s2](/a) [pause:1s](/b)", "[a](b) [S1](https://x.org) [s2](/a) [pause:1s](/b)")]
    [InlineData("[a] (/b) [a][b] [a]: /b \\[a](/b)", "[a] (/b) [a][b] [a]: /b \\[a](/b)")]
    public void Links_keep_their_text(string text, string stripped) => Links.Strip(text).ShouldBe(stripped);

    [Theory]
    [InlineData("https://example.org/a?b=c#d", "example.org")]
    [InlineData("See http://user:word@example.org:80/a, (https://b.org/c_(d)) and ftp://e.org.", "See example.org, (b.org) and e.org.")]
    [InlineData("www.example.org/a WWW.b.org: ok", "www.example.org WWW.b.org: ok")]
    [InlineData("**https://example.org**", "**example.org**")]
    [InlineData("http:// :// www. https://( a://b", "http:// :// www. https://( b")]
    [InlineData("and/or 24/7 a@www.org example.org/a", "and/or 24/7 a@www.org example.org/a")]
    [InlineData("http://localhost:7860/docs", "localhost")]
    public void An_address_is_spoken_as_its_host(string text, string spoken) => Addresses.Speak(text).ShouldBe(spoken);

    [Theory]
    [InlineData("2 * 3, 2*3*4, 1.5*2", "2 times 3, 2 times 3 times 4, 1.5 times 2")]
    [InlineData("2 * -3, 8*.5, 4 * +1", "2 times -3, 8 times .5, 4 times +1")]
    [InlineData("2 * - 3, 2 *-, 7*", "2 * - 3, 2 *-, 7*")]
    [InlineData("*2* 3, 2 *3*, a*b, 2 ** 3, 2\n* 3", "*2* 3, 2 *3*, a*b, 2 ** 3, 2\n* 3")]
    public void An_asterisk_between_numbers_is_times(string text, string spoken) => Products.Speak(text).ShouldBe(spoken);

    [Theory]
    [InlineData("[s1] a [S2]: b [S1]", "[S1] a [S2] b [S1]")]
    [InlineData("S1: a\n  speaker 2: b\nSpeaker1: c", "[S1] a\n  [S2] b\n[S1] c")]
    [InlineData("S1:Yes\nSpeaker 2:\"No.\"\ns1:(laughs)", "[S1]Yes\n[S2]\"No.\"\n[S1](laughs)")]
    [InlineData("S1:4 is free\nSpeaker 1:30 pm", "S1:4 is free\nSpeaker 1:30 pm")]
    [InlineData("seats S1: 4, S1:E2, Speaker 3: x, S3: y", "seats S1: 4, S1:E2, Speaker 3: x, S3: y")]
    [InlineData("S1:E2 is out. [S3] [S12] [x1]", "S1:E2 is out. [S3] [S12] [x1]")]
    public void Labels_become_tags(string text, string tagged) => SpeakerLabels.Tag(text).ShouldBe(tagged);
}
