using System.Diagnostics;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Scripts.Cleaning;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DiaOrleans.Grains.Tests.Scripts.Cleaning;

/// <summary>The cleaning of docs/api.md, Texts, as a whole; its steps have tests of their own.</summary>
public sealed class TextCleanerTests
{
    [Theory]
    [InlineData("10:30")]
    [InlineData("I <3 you")]
    [InlineData("O'Brien")]
    [InlineData("AT&T")]
    [InlineData("Hello :-)")]
    [InlineData("C#")]
    [InlineData("C++ and F#")]
    [InlineData("snake_case and _private and x__y")]
    [InlineData("first_last@example.org")]
    [InlineData("List<string>")]
    [InlineData("Dear <your name>, a < b and b > c.")]
    [InlineData("P(A|B)")]
    [InlineData("x^2")]
    [InlineData("20 °C, 100 % © ® ™ № $5")]
    [InlineData("2024. That was a year.")]
    [InlineData("1984. A bad year")]
    [InlineData("12. Was that all?")]
    [InlineData(@"¯\_(ツ)_/¯")]
    [InlineData("æther, naïve, Ångström, 你好")]
    [InlineData("(laughs) Hi. (clears throat)")]
    [InlineData("[S1](laughs) Hi [S2] (sighs) No.")]
    [InlineData("[Anna](whispers) Hi")]
    [InlineData("\"Quoted,\" she said.")]
    [InlineData("-5 degrees, +1 more, #hashtag, 5-6")]
    [InlineData("It`s late and that`s it.")]
    [InlineData("and/or, his/her, 24/7, a/c")]
    [InlineData("seats S1 and S2: full")]
    [InlineData("Meet me at 10 a.m. or 5 p.m.; ok?")]
    [InlineData(@"A \*star\ and C:\_dir\x_")]
    [InlineData("5 & 6; fish &chips; &unknown;")]
    [InlineData("~5 minutes, ~ten")]
    [InlineData("Note: [sic] [1] {x} | y")]
    public void A_clean_text_stays_as_it_is(string text) => TextCleaner.Clean(text).ShouldBe(text.Replace("*", ""));

    [Theory]
    [InlineData("A poem\nof four lines,\nwithout any rhyme\nbut with an end")]
    [InlineData("This prose is wrapped\nby hand after some\nwords. It goes on.\n\nA second paragraph\nfollows")]
    [InlineData("[S1]\nHello.\n[S2]\nHi")]
    public void Lines_of_verse_and_prose_stay_as_they_are(string text) => TextCleaner.Clean(text).ShouldBe(text);

    [Theory]
    [InlineData("2 * 3", "2 times 3")]
    [InlineData("> quoted", "quoted")]
    [InlineData("*sighs*", "(sighs)")]
    [InlineData("*not* this", "not this")]
    [InlineData("Wait—what", "Wait - what")]
    [InlineData("1990–95", "1990-95")]
    [InlineData("A &amp;lt;b&amp;gt; tag", "A tag")]
    [InlineData("```\n[S1] Hi.\n[S2] Hello.\n```", "[S1] Hi. [S2] Hello.")]
    [InlineData("Here it is:\n```text\nSpeaker 1: Hi.\nSpeaker 2: Hello.\n```\nEnjoy!", "Here it is: [S1] Hi. [S2] Hello. Enjoy!")]
    [InlineData("Run this:\n```python\nprint(1)\n```\nDone.", "Run this: Done.")]
    [InlineData("[S1]\nHi.", "[S1] Hi.")]
    [InlineData("[S1]: Hi. [s2]: No.", "[S1] Hi. [S2] No.")]
    [InlineData("S1: Hi.\nSpeaker 2: No.\nspeaker 1: Yes.", "[S1] Hi. [S2] No. [S1] Yes.")]
    [InlineData("**Speaker 1:** Hi.\n**S2**: No.", "[S1] Hi. [S2] No.")]
    [InlineData(
        "# Shopping\n\n- Milk\n- Bread\n\n| Shop | Price |\n|---|---:|\n| Aldi | 3 € |\n| Lidl | 4 € |",
        "Shopping. Milk. Bread. Shop, Price. Aldi, 3 €. Lidl, 4 €.")]
    [InlineData("<h1>Shopping</h1><ul><li>Milk</li><li>Bread</li></ul><p>That&rsquo;s all</p>", "Shopping. Milk. Bread. That's all")]
    [InlineData("1. Milk\n2. Bread", "1. Milk. 2. Bread.")]
    [InlineData("e\u0301te\u0301", "été")]
    [InlineData("\ufeffHe\u200bl\u00adlo\u202e \u2066there\ufe0f", "Hello there")]
    [InlineData("Great 👍🏽 work 👩‍💻!  🇩🇪", "Great work !")]
    [InlineData("“It’s …” he said", "\"It's ...\" he said")]
    [InlineData("ﬁne ｆｕｌｌ！", "fine full!")]
    [InlineData("See [the docs](https://example.org/a_b) and ![a cat](/cat.png).", "See the docs and a cat.")]
    [InlineData("See https://user@docs.example.org:8080/a_b?c=d#e.", "See docs.example.org.")]
    [InlineData("Mail <peter@example.org> now", "Mail peter@example.org now")]
    [InlineData("a\u00a0b\u2009c", "a b c")]
    public void What_programs_write_becomes_what_is_said(string text, string said)
    {
        var script = ScriptReader.Read(text, normalize: true).Text;
        script.ShouldBe(said);
        ScriptReader.Read(said, normalize: true).Text.ShouldBe(said);
    }

    [Property(MaxTest = 1000)]
    public Property A_clean_up_of_a_clean_up_changes_nothing() => Prop.ForAll(Messes, text =>
    {
        var once = Clean(text);
        return (Clean(once) == once).Label($"{Show(text)} -> {Show(once)} -> {Show(Clean(once))}");
    });

    [Property(MaxTest = 1000)]
    public Property Every_character_is_taken() => Prop.ForAll<string>(text =>
    {
        var once = Clean(text ?? "");
        return Clean(once) == once;
    });

    [Property(MaxTest = 1000)]
    public Property Every_word_is_kept_in_order_and_no_mark_survives() => Prop.ForAll(Documents, document =>
    {
        var said = Clean(document.Text);
        var words = said.Split([' ', ',', '.', '(', ')', '"', '-'], StringSplitOptions.RemoveEmptyEntries);
        var hasMark = said.AsSpan().ContainsAny("*_`#<>|~&;") || said.Contains("http") || said.Contains("](");
        return (words.SequenceEqual(document.Words) && !hasMark).Label($"{Show(document.Text)} -> {Show(said)}");
    });

    [Property(MaxTest = 1000)]
    public Property Invisible_characters_make_no_difference() => Prop.ForAll(
        Sentences,
        Gen.Elements("\u200b", "\u200d", "\ufeff", "\u00ad", "\u202a", "\u2066", "\ufe0f", "\u2060").ToArbitrary(),
        Gen.Choose(0, 40).ToArbitrary(),
        (text, hidden, at) => Clean(text.Insert(Math.Min(at, text.Length), hidden)) == Clean(text));

    [Property(MaxTest = 1000)]
    public Property Sentences_stay_as_they_are() => Prop.ForAll(Sentences, text => TextCleaner.Clean(text) == text);

    [Theory]
    [InlineData("*a ")]
    [InlineData("**a_ ")]
    [InlineData("*a **b _c ")]
    [InlineData("[a](")]
    [InlineData("[")]
    [InlineData("]")]
    [InlineData("[a](/b")]
    [InlineData("<a b=\"")]
    [InlineData("<!--")]
    [InlineData("<script>")]
    [InlineData("&amp;")]
    [InlineData("&amp")]
    [InlineData("```a\n")]
    [InlineData("` `` ")]
    [InlineData("> ")]
    [InlineData("- ")]
    [InlineData("a|\n-|\n")]
    [InlineData("https://")]
    [InlineData("www.(")]
    [InlineData("[pause:1s ")]
    [InlineData("[S1]")]
    [InlineData("S1:")]
    [InlineData("\u0301\u0323")]
    [InlineData("—")]
    [InlineData("1. a\n")]
    [InlineData("# ")]
    [InlineData("<<b>b>")]
    [InlineData("(")]
    [InlineData("2*")]
    [InlineData("~~a~~ ")]
    [InlineData("👩\u200d")]
    public void The_longest_text_is_cleaned_in_milliseconds(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 4096 / part.Length));
        Clean(text);
        var fastest = Enumerable.Range(0, 5).Min(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            Clean(text);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        });
        fastest.ShouldBeLessThan(50);
    }

    private static readonly string[] Words = ["anna", "Peter", "says", "no", "7", "été", "你好", "OK"];

    private static readonly string[] Marks =
    [
        "*", "**", "_", "__", "~~", "`", "```", "\n", "\n\n", " ", "  ", "# ", "- ", "+ ", "> ", "1. ", "2. ", "|", "|-|", "---", "[",
        "]", "(", ")", "](http://x.org/a)", "https://x.org/a", "www.x.org/b", "<", ">", "<b>", "</b>", "<br>", "<li>", "<p>", "<!--",
        "-->", "<script>", "</script>", "&", ";", "&amp;", "&lt;", "&gt;", "&#42;", "amp", "lt", "—", "–", "…", "’",
        "“", "\u200b",
        "\u200d", "\ufe0f", "\u0301", "e", "😀", "👩", "•", "[S1]", "[s2]", "[S", "1]", "S1:", "Speaker 2:", ":", "[pause:1s]",
        "<break time=\"1s\"/>", "\\", "/", "x.org", "laughs", "sighs", "(laughs)", ".", ",", "!", "\"", "'", "\ud83d", "\ude00", "\r",
        "\t", "\0", "\u00a0", "．", "＊", "＜", "＞", "＆", "\u037e", "\u1fef",
    ];

    private static Arbitrary<string> Messes =>
        Gen.Elements([.. Marks, .. Words]).ListOf().Select(parts => string.Concat(parts)).ToArbitrary();

    private static Arbitrary<string> Sentences => Gen.Elements(Words)
        .NonEmptyListOf()
        .SelectMany(words => Gen.Elements(".", "!", "?", "", ", (laughs)", " [S1]"), (words, end) => string.Join(' ', words) + end)
        .ToArbitrary();

    private static readonly string[] MarkedWords =
    [
        "{0}", "*{0}*", "**{0}**", "_{0}_", "***{0}***", "~~{0}~~", "`{0}`", "[{0}](https://example.org/a_b)", "![{0}](/a.png)",
        "<b>{0}</b>", "<a href=\"http://example.org\">{0}</a>", "{0}<!-- x -->", "“{0}”", "{0}&nbsp;", "{0} 😀", "*laughs* {0}",
        "{0} — {0}",
    ];

    private static readonly string[] MarkedLines =
        ["{0}", "# {0}", "- {0}", "* {0}", "> {0}", "### {0} ###", "<li>{0}</li>", "<p>{0}</p>", "  - {0}", "• {0}"];

    /// <summary>Documents of marks that enclose words, and their words.</summary>
    private static Arbitrary<Document> Documents
    {
        get
        {
            var word = Gen.Elements(Words).Where(said => said != "你好");
            var inline = Gen.Elements(MarkedWords)
                .SelectMany(_ => word, (form, said) => new Document(string.Format(form, said), SaidOf(form, said)));
            var line = Gen.Elements(MarkedLines).SelectMany(_ => inline.NonEmptyListOf(), (form, parts) => Join(form, " ", parts));
            return line.NonEmptyListOf()
                .SelectMany(_ => Gen.Elements("\n", "\n\n", "\r\n", "<br>\n", "\n---\n\n"), (lines, end) => Join("{0}", end, lines))
                .ToArbitrary();
        }
    }

    private static Document Join(string form, string between, IList<Document> parts) => new(
        string.Format(form, string.Join(between, parts.Select(part => part.Text))),
        [.. parts.SelectMany(part => part.Words)]);

    private static string[] SaidOf(string form, string word)
    {
        string[] once = form.StartsWith("*laughs") ? ["laughs", word] : [word];
        return form == "{0} — {0}" ? [word, word] : once;
    }

    private static string Clean(string text) => Spaces.Collapse(TextCleaner.Clean(text));

    private static string Show(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private sealed record Document(string Text, string[] Words);
}
