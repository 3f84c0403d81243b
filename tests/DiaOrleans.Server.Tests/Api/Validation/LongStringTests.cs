using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Tests.Api.Validation;

public sealed class LongStringTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("é")]
    [InlineData("語")]
    [InlineData("😀")]
    [InlineData("\\n")]
    [InlineData("\\u0041")]
    [InlineData("\\ud83d\\ude00")]
    [InlineData("\\uD83D\\uDE00x")]
    [InlineData("aé語😀\\n\\\"\\\\\\u0041\\ud83d\\ude00")]
    public void Shorten_LongString_StillTooLong(string unit)
    {
        var text = Shortened(unit, 1_500_000 / Encoding.UTF8.GetByteCount(unit), out var sent);
        text.EnumerateRunes().Count().ShouldBeGreaterThan(RequestLimits.StringLength);
        sent.ShouldStartWith(text);
        text.Length.ShouldBeLessThan(sent.Length);
    }

    [Theory]
    [InlineData("a", 65_537)]
    [InlineData("\\ud83d\\ude00", 65_537)]
    public void Shorten_StringUpToTheLimit_Kept(string unit, int count) =>
        Shortened(unit, count, out var sent).ShouldBe(sent);

    [Theory]
    [InlineData("\\ud83d")]
    [InlineData("\\ud83d\\u0041")]
    public void Shorten_InvalidUnicode_StillInvalid(string unit)
    {
        var fields = FieldReader.Body(
            new JsonFields(Encoding.UTF8.GetBytes($$"""{"text":"{{string.Concat(Enumerable.Repeat(unit, 300_000))}}"}""")));
        fields.RequiredString("text");
        Should.Throw<ApiProblem>(() => fields.ThrowIfInvalid()).Fields[0].Type.ShouldBe("string_unicode");
    }

    private static string Shortened(string unit, int count, out string sent)
    {
        var json = Encoding.UTF8.GetBytes($"\"{string.Concat(Enumerable.Repeat(unit, count))}\"");
        sent = JsonSerializer.Deserialize<string>(json)!;
        return JsonSerializer.Deserialize<string>(LongString.Shorten(json).Span)!;
    }
}
