using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Tests.Api.Validation;

public sealed class JsonFieldsTests
{
    [Theory]
    [InlineData("""{"text":"a"}""", "\"a\"")]
    [InlineData("""{"text" : [1] , "x":2}""", "[1]")]
    [InlineData("""{"te\u0078t":3}""", "3")]
    [InlineData("""{"\u0074\u0065\u0078\u0074":3}""", "3")]
    [InlineData("""{"text":1,"text":2}""", "2")]
    [InlineData("""{"x":{"text":1}}""", null)]
    [InlineData("""{"x":[{"text":1}],"text":2}""", "2")]
    [InlineData("""{"Text":1,"texts":1,"tex":1,"text\"":1,"\\text":1,"\ud800":1,"te\nxt":1,"":1}""", null)]
    [InlineData("{}", null)]
    [InlineData("[\"text\"]", null)]
    [InlineData("\"text\"", null)]
    [InlineData("null", null)]
    public void Find_Name_TheLastMemberWithThatName(string json, string? value) =>
        (Fields(json).Find("text")?.GetRawText()).ShouldBe(value);

    [Theory]
    [InlineData("a/b", """{"a\/b":1}""")]
    [InlineData("a\"b", """{"a\"b":1}""")]
    [InlineData("a\\b", """{"a\\b":1}""")]
    [InlineData("a\b\f\n\r\tb", """{"a\b\f\n\r\tb":1}""")]
    public void Find_EscapedName_Found(string name, string json) => Fields(json).Find(name).ShouldNotBeNull();

    [Fact]
    public void Find_LargeContainer_EmptyOneOfItsKind()
    {
        var items = string.Join(",", Enumerable.Repeat("0", 1000));
        var fields = Fields($$"""{"list":[{{items}}],"object":{"id":"a","list":[{{items}}]} }""");
        (fields.Find("list")!.Value.GetRawText(), fields.Find("object")!.Value.GetRawText()).ShouldBe(("[]", "{}"));
        (fields.Echo("list"), fields.Echo("object"), fields.Echo("none")).ShouldBe(("\"…\"", "\"…\"", null));
        fields.Within("object")!.Find("id")!.Value.GetString().ShouldBe("a");
        fields.Within("list").ShouldBeNull();
        fields.Within("none").ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("// a\n{}")]
    public void Constructor_NoJson_Throws(string text) => Should.Throw<JsonException>(() => Fields(text));

    [Fact]
    public void Constructor_ManyMembers_TakesLittleMoreThanTheText()
    {
        var text = Encoding.UTF8.GetBytes("{" + string.Join(",", Enumerable.Repeat("\"\\ud800\":0", 100_000)) + "}");
        Fields("{}");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fields = new JsonFields(text);
        fields.Find("text").ShouldBeNull();
        // A list of 12 bytes a member that doubles as it grows.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 * 12 * 100_000);
    }

    [Fact]
    public void Constructor_MutatedJson_FindsWhatAFullParserFinds()
    {
        const string Json = """
            {"a":[1,{"text":2}],"te\u0078t":"\u00e9 \"x\"","b":{"c":null},"text":-1.5e3,"\ud83d\ude00":true,"x":"é"}
            """;
        var sample = Encoding.UTF8.GetBytes(Json);
        var random = new Random(20261129);
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var mutated = (byte[])sample.Clone();
            for (var count = random.Next(3); count >= 0; count--)
                mutated[random.Next(mutated.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : sample[random.Next(sample.Length)];
            var (valid, expected) = ByFullParser(mutated);
            Try(mutated).ShouldBe((valid, expected), Encoding.Latin1.GetString(mutated));
            if (valid) read++;
        }

        read.ShouldBeGreaterThan(1000);
    }

    private static (bool Valid, string? Text) Try(byte[] json)
    {
        try
        {
            return (true, new JsonFields(json).Find("text") is { } value ? Raw(value) : null);
        }
        catch (JsonException)
        {
            return (false, null);
        }
    }

    private static (bool Valid, string? Text) ByFullParser(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return (true, null);
            var named = document.RootElement.EnumerateObject().Where(member => NameOf(member) == "text");
            return (true, named.Select(member => Raw(member.Value)).LastOrDefault());
        }
        catch (JsonException)
        {
            return (false, null);
        }
    }

    /// <summary>Latin-1, since a string can contain invalid UTF-8.</summary>
    private static string Raw(JsonElement value) => Encoding.Latin1.GetString(JsonMarshal.GetRawUtf8Value(value));

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonFields Fields(string json) => new(Encoding.UTF8.GetBytes(json));
}
