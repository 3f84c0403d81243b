using DiaOrleans.Grains.Scripts.Cleaning;

namespace DiaOrleans.Grains.Tests.Scripts.Cleaning;

public sealed class MarkdownBlocksTests
{
    [Theory]
    [InlineData("# One\n## Two ##\n###### Six\n####### Seven\n#hashtag\n#", "One.\nTwo.\nSix.\n####### Seven\n#hashtag\n")]
    [InlineData("# What now?\n# C#\n# Then:", "What now?\nC#.\nThen:")]
    [InlineData("- a\n* b\n+ c\n-d\n- - e", "a.\nb.\nc.\n-d\ne.")]
    [InlineData("- a long item\n  goes on here\n- next\nand on\nText", "a long item\n  goes on here.\nnext\nand on.\nText")]
    [InlineData("1. a\n2. b\n\n7) x\n8) y", "1. a.\n2. b.\n\n7) x.\n8) y.")]
    [InlineData("12. Was that all?\n2024. A year\n3 of them", "12. Was that all?\n2024. A year\n3 of them")]
    [InlineData("> a\n> > b\n>\n>:(", "a\nb\n\n>:(")]
    [InlineData("a\n---\n* * *\n___\nb", "a\n\n\n\nb")]
    [InlineData("Title\n=====", "Title\n=====")]
    [InlineData("    indented", "    indented")]
    [InlineData("[S1] # Title\n[S2]: - item [pause:1s]\n[s1]\n[S2] > a", "[S1] Title.\n[S2]: item. [pause:1s]\n[s1]\n[S2] a")]
    [InlineData("- (laughs)\n- \"Stop!\"\n- 'no'", "(laughs).\n\"Stop!\"\n'no'.")]
    public void Marks_at_the_start_of_lines_leave(string text, string stripped) => MarkdownBlocks.Strip(text).ShouldBe(stripped);

    [Theory]
    [InlineData("|a|b|\n|-|-|\n|c|d|\n|e||\n\nf|g", "a, b.\nc, d.\ne.\n\nf|g")]
    [InlineData("a | b\n:--|--:\nHi. | you!", "a, b.\nHi. you!")]
    [InlineData("a|b\nc|d", "a|b\nc|d")]
    [InlineData("|-|-|\n|a|b|", "|-|-|\n|a|b|")]
    public void Rows_of_a_table_are_sentences(string text, string stripped) => MarkdownBlocks.Strip(text).ShouldBe(stripped);

    [Theory]
    [InlineData("a\n```\nb\n```\nc", "a\n\nc")]
    [InlineData("~~~ python title=x\nb\n~~~~", "b")]
    [InlineData("[S1]\n```\nb\n```", "[S1]\nb")]
    [InlineData("a\n```\nS2: b\n```", "a\nS2: b")]
    [InlineData("a\n```\nx\n~~~\n[s1] y\n```\n~~~\nz\n~~~", "a\nx\n~~~\n[s1] y\n")]
    [InlineData("```\nnever closed", "\nnever closed")]
    [InlineData("``` words here", " words here")]
    public void Fences_leave_and_their_code_if_there_is_other_text(string text, string stripped) =>
        string.Join('\n', Fences.Remove(text.Split('\n'))).ShouldBe(stripped);
}
