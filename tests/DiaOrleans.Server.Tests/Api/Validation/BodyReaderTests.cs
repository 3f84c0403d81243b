using System.Text;
using System.Text.Json;
using DiaOrleans.Server.Api.Bodies;
using DiaOrleans.Server.Api.Errors;
using DiaOrleans.Server.Api.Validation;
using Microsoft.AspNetCore.Http;

namespace DiaOrleans.Server.Tests.Api.Validation;

public sealed class BodyReaderTests
{
    [Theory]
    [InlineData("{\"a\":1,}", "Unexpected '}'", 7)]
    [InlineData("{\"a\":1 // more\n}", "Unexpected '/'", 7)]
    [InlineData("{\"é\":é}", "Unexpected 'é'", 5)]
    [InlineData("{\"a\":\"b\nc\"}", "Unexpected control character U+000A", 7)]
    [InlineData("{\"a\":[1,2", "Unexpected end of the text", 9)]
    [InlineData("{\"a\":\"b", "Unexpected end of the text", 7)]
    [InlineData("{} {}", "Unexpected '{'", 3)]
    public async Task Malformed_json_says_what_is_wrong_and_where(string body, string reason, int offset)
    {
        var field = (await Refused(body)).Fields.ShouldHaveSingleItem();
        JsonDocument.Parse(field.Context!).RootElement.GetProperty("error").GetString().ShouldBe(reason);
        field.Location.ShouldBe(["body", offset]);
    }

    [Theory]
    [InlineData("{\"x\":\"?\"}", 6)]
    [InlineData("{\"é\":\"a?\",\"b\":1}", 7)]
    [InlineData("{\"?\":1}", 2)]
    [InlineData("{\"a\":{\"b\":[1,\"?\"]}}", 14)]
    public async Task A_byte_that_is_no_utf8_is_refused_also_where_nobody_reads_it(string body, int offset)
    {
        foreach (var bad in (byte[][])[[0xFF], [0xE9], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80]])
        {
            var parts = body.Split('?').Select(Encoding.UTF8.GetBytes).ToArray();
            var field = (await Refused([.. parts[0], .. bad, .. parts[1]])).Fields.ShouldHaveSingleItem();
            field.Type.ShouldBe("json_invalid");
            field.Location.ShouldBe(["body", offset]);
            field.Context.ShouldBe("""{"error":"Unexpected byte that is no UTF-8"}""");
        }
    }

    [Fact]
    public async Task Json_nested_deeper_than_the_limit_says_so()
    {
        var field = (await Refused(new string('[', 513) + new string(']', 513))).Fields.ShouldHaveSingleItem();
        field.Context.ShouldBe("""{"error":"Nested more than 512 levels deep"}""");
    }

    [Theory]
    [InlineData(31)]
    [InlineData(64)]
    [InlineData(200)]
    [InlineData(512)]
    public async Task The_input_is_echoed_down_to_a_limited_depth(int depth)
    {
        var problem = await Refused(new string('[', depth) + new string(']', depth));
        var input = (await Answers.Write(problem)).GetProperty("detail")[0].GetProperty("input");
        var levels = 0;
        for (; input.ValueKind == JsonValueKind.Array; levels++) input = input.GetArrayLength() == 0 ? default : input[0];
        levels.ShouldBe(Math.Min(depth, 32));
        if (depth > 32) input.GetString().ShouldBe("...");
    }

    private static Task<ApiProblem> Refused(string body) => Refused(Encoding.UTF8.GetBytes(body));

    private static Task<ApiProblem> Refused(byte[] body) => Should.ThrowAsync<ApiProblem>(async () =>
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(body);
        await new BodyReader(
            new BodyBudget(1 << 20),
            new BodyFiles(Path.Combine(Path.GetTempPath(), "never-made"))).Read(context.Request, _ => true);
    });
}
