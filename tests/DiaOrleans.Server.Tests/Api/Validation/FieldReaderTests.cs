using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Tests.Api.Validation;

public sealed class FieldReaderTests
{
    [Fact]
    public void A_key_that_is_invalid_unicode_is_an_unknown_field()
    {
        var fields = Read("""{"\ud800":1,"te\u0078t":"Hi.","\ud800":{},"voice_id":"anna"}""");
        (fields.RequiredString("text"), fields.RequiredString("voice_id"), fields.OptionalString("role")).ShouldBe(("Hi.", "anna", null));
        fields.ThrowIfInvalid();
    }

    [Fact]
    public void A_key_that_is_invalid_unicode_is_not_echoed()
    {
        var fields = Read("""{"\ud800":1,"style":"calm"}""");
        fields.RequiredString("text");
        Should.Throw<ApiProblem>(() => fields.ThrowIfInvalid()).Fields[0].Input.ShouldBe("""{"style":"calm"}""");
    }

    [Fact]
    public void A_key_of_an_inner_object_can_be_invalid_unicode() =>
        Read("""{"voice":{"\ud800":1,"id":"anna"}}""").OptionalStringOrMember("voice", "id").ShouldBe("anna");

    [Fact]
    public void The_last_of_equal_keys_counts() => Read("""{"text":"a","text":"b"}""").RequiredString("text").ShouldBe("b");

    [Theory]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("\"-9223372036854775808\"", long.MinValue)]
    [InlineData("4.2e1", 42)]
    public void Integers_of_64_bits_are_read(string json, long value) =>
        IntegerValue.Parse(JsonDocument.Parse(json).RootElement).ShouldBe((value, null));

    [Theory]
    [InlineData("-9223372036854775809")]
    [InlineData("9223372036854775808")]
    [InlineData("\"-9223372036854775809\"")]
    [InlineData("-1e19")]
    [InlineData("1e19")]
    public void Integers_of_more_bits_are_too_large(string json) =>
        IntegerValue.Parse(JsonDocument.Parse(json).RootElement).Problem!.Value.Type.ShouldBe("int_parsing_size");

    private static FieldReader Read(string json) => FieldReader.Body(new JsonFields(Encoding.UTF8.GetBytes(json)));
}
