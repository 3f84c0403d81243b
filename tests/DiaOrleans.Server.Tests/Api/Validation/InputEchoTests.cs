using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Tests.Api.Validation;

public sealed class InputEchoTests
{
    [Theory]
    [InlineData("\"<b>&'+\"", "\"<b>&'+\"")]
    [InlineData("\"\\u003c\"", "\"<\"")]
    [InlineData("[1,\"a\",{\"b\":null}]", "[1,\"a\",{\"b\":null}]")]
    [InlineData("1e999", "\"1e999\"")]
    [InlineData("\"\\ud800\"", "null")]
    [InlineData("[\"\\ud800\",1]", "[null,1]")]
    public void Format_ShortValue_EchoedWithoutGrowth(string sent, string echoed) => InputEcho.Format(Json(sent)).ShouldBe(echoed);

    [Fact]
    public void Format_LongString_CutAt1KbOfUtf8()
    {
        InputEcho.Format(Json($"\"{new string('<', 5000)}\"")).ShouldBe($"\"{new string('<', 1024)}…\"");
        InputEcho.Format(Json($"\"{new string('<', 1024)}\"")).ShouldBe($"\"{new string('<', 1024)}\"");
    }

    [Theory]
    [InlineData("é", 512)]
    [InlineData("語", 341)]
    [InlineData("😀", 256)]
    public void Format_LongStringOfLongCharacters_NoneIsCutInTwo(string character, int kept)
    {
        var echoed = InputEcho.Format(Json($"\"{string.Concat(Enumerable.Repeat(character, 2000))}\""));
        JsonDocument.Parse(echoed).RootElement.GetString().ShouldBe(string.Concat(Enumerable.Repeat(character, kept)) + "…");
    }

    [Theory]
    [InlineData("[", "0", "]")]
    [InlineData("{\"a\":[", "0", "]}")]
    public void Format_LongContainer_LeftOut(string begin, string item, string end) =>
        InputEcho.Format(Json(begin + string.Join(",", Enumerable.Repeat(item, 600)) + end)).ShouldBe("\"…\"");

    [Fact]
    public void Format_LongNumber_ItsFirstDigitsAsString() =>
        InputEcho.Format(Json(new string('1', 3000))).ShouldBe($"\"{new string('1', 1024)}…\"");

    [Fact]
    public void Format_MissingFieldOfALargeBody_TheBodyIsLeftOut()
    {
        var body = Encoding.UTF8.GetBytes($$"""  {"a":"{{new string('<', 2000)}}"}  """);
        var fields = FieldReader.Body(new JsonFields(body));
        fields.RequiredString("text");
        Should.Throw<ApiProblem>(() => fields.ThrowIfInvalid()).Fields[0].Input.ShouldBe("\"…\"");
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
