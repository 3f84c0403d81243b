using System.Text;
using System.Text.RegularExpressions;
using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Tests.Reference;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DiaOrleans.Inference.Tests.Decoding;

public sealed partial class TextIdsTests
{
    [Fact]
    public void Maps_tags_to_1_and_2_and_all_else_to_its_bytes() =>
        TextIds.Encode("[S1] é[S2][s1]").ShouldBe([1, ' ', 0xC3, 0xA9, 2, '[', 's', '1', ']']);

    [Fact]
    public void Leaves_out_control_characters() => TextIds.Encode("a\0b\u0001\u0002\u001fc\u007f").ShouldBe(['a', 'b', 'c', 0x7F]);

    [Fact]
    public void Reads_a_lone_surrogate_as_the_replacement_character() => TextIds.Encode("\ud83d!").ShouldBe([0xEF, 0xBF, 0xBD, '!']);

    [Theory]
    [InlineData("", 0)]
    [InlineData("[S1] [S2]", 0)]
    [InlineData("Hello there.", 12)]
    [InlineData("[S1] Hello there. [S1]", 12)]
    [InlineData("[S1] A. [S2] B. [S1]", 5)]
    [InlineData("[S1]A.[S2]B.", 4)]
    [InlineData("[S1] Café 😀", 10)]
    public void Counts_the_bytes_that_are_spoken(string text, int bytes) => TextIds.OwnTextBytes(text).ShouldBe(bytes);

    [Property]
    public Property Holds_no_padding_and_no_alias_of_a_tag() => Prop.ForAll(Texts, text =>
    {
        var ids = TextIds.Encode(text);
        var tags = Tags().Matches(text).Select(match => match.Value == TextIds.FirstSpeaker ? 1 : 2);
        return ids.All(id => id is 1 or 2 or (>= ' ' and < 256)) && ids.Where(id => id < ' ').SequenceEqual(tags);
    });

    [Property]
    public Property Holds_every_printable_byte_of_the_text() => Prop.ForAll(Texts, text =>
    {
        var bytes = Encoding.UTF8.GetBytes(Tags().Replace(text, "\u0001")).Where(unit => unit >= ' ');
        return TextIds.Encode(text).Where(id => id >= ' ').SequenceEqual(bytes.Select(unit => (int)unit));
    });

    [Theory, Trait("Category", "Reference"), MemberData(nameof(ReferenceTexts))]
    public void Gives_the_ids_of_the_reference(string file, string text)
    {
        var vectors = VectorFile.Open(file);
        var tensor = vectors.Has($"text.{text}.ids") ? $"text.{text}.ids" : $"{text}.ids";
        TextIds.Encode(vectors.Json.GetProperty("texts").GetProperty(text).GetString()!).ShouldBe(vectors.Ints(tensor));
    }

    public static IEnumerable<TheoryDataRow<string, string>> ReferenceTexts() =>
        from file in Directory.EnumerateFiles(ReferenceSet.Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path))
        let json = VectorFile.Open(file).Json
        where json.TryGetProperty("texts", out _)
        from text in json.GetProperty("texts").EnumerateObject()
        select new TheoryDataRow<string, string>(file, text.Name);

    private static readonly string[] Pieces =
        ["[S1]", "[S2]", "[S", "1]", " ", "\0", "\u0001", "\n", "Hello", ".", "é", "😀", "\ud83d", "\ude00"];

    private static Arbitrary<string> Texts => Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces)).ToArbitrary();

    [GeneratedRegex(@"\[S[12]\]")]
    private static partial Regex Tags();
}
