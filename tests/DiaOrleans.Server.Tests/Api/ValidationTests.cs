using System.Text;
using System.Text.Json;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>The 422 shapes of spec/api.md 1.3, over HTTP.</summary>
[Collection(nameof(ServerCollection))]
public sealed class ValidationTests(ServerFixture fixture)
{
    private readonly HttpClient _client = fixture.Client;

    [Theory]
    [InlineData("""{"voice_id":"anna"}""", "missing", "text", "Field required")]
    [InlineData("""{"text":null,"voice_id":"anna"}""", "string_type", "text", "Input should be a valid string")]
    [InlineData("""{"text":5,"voice_id":"anna"}""", "string_type", "text", "Input should be a valid string")]
    [InlineData("""{"text":"a","voice_id":7}""", "string_type", "voice_id", "Input should be a valid string")]
    [InlineData("""{"text":"a","voice_id":"anna","speed":0.2}""", "greater_than_equal", "speed", "Input should be greater than or equal to 0.25")]
    [InlineData("""{"text":"a","voice_id":"anna","speed":4.5}""", "less_than_equal", "speed", "Input should be less than or equal to 4")]
    [InlineData("""{"text":"a","voice_id":"anna","speed":"fast"}""", "float_parsing", "speed", "Input should be a valid number, unable to parse string as a number")]
    [InlineData("""{"text":"a","voice_id":"anna","speed":[1]}""", "float_type", "speed", "Input should be a valid number")]
    [InlineData("""{"text":"a","voice_id":"anna","speed":null}""", "float_type", "speed", "Input should be a valid number")]
    [InlineData("""{"text":"a","voice_id":"anna","speed":1e400}""", "finite_number", "speed", "Input should be a finite number")]
    [InlineData("""{"text":"a","voice_id":"anna","speed":NaN}""", "finite_number", "speed", "Input should be a finite number")]
    [InlineData("""{"text":"a","voice_id":"anna","temperature":-Infinity}""", "finite_number", "temperature", "Input should be a finite number")]
    [InlineData("""{"text":"a","voice_id":"anna","temperature":"inf"}""", "finite_number", "temperature", "Input should be a finite number")]
    [InlineData("""{"text":"a","voice_id":"anna","temperature":0}""", "greater_than_equal", "temperature", "Input should be greater than or equal to 0.1")]
    [InlineData("""{"text":"a","voice_id":"anna","cfg_scale":11}""", "less_than_equal", "cfg_scale", "Input should be less than or equal to 10")]
    [InlineData("""{"text":"a","voice_id":"anna","top_p":1.01}""", "less_than_equal", "top_p", "Input should be less than or equal to 1")]
    [InlineData("""{"text":"a","voice_id":"anna","max_tokens":99}""", "greater_than_equal", "max_tokens", "Input should be greater than or equal to 100")]
    [InlineData("""{"text":"a","voice_id":"anna","max_tokens":"x"}""", "int_parsing", "max_tokens", "Input should be a valid integer, unable to parse string as an integer")]
    [InlineData("""{"text":"a","voice_id":"anna","max_tokens":100.5}""", "int_from_float", "max_tokens", "Input should be a valid integer, got a number with a fractional part")]
    [InlineData("""{"text":"a","voice_id":"anna","max_tokens":[]}""", "int_type", "max_tokens", "Input should be a valid integer")]
    [InlineData("""{"text":"a","voice_id":"anna","seed":9223372036854775808}""", "int_parsing_size", "seed", "Unable to parse input string as an integer, exceeded maximum size")]
    [InlineData("""{"text":"a","voice_id":"anna","use_torch_compile":"perhaps"}""", "bool_parsing", "use_torch_compile", "Input should be a valid boolean, unable to interpret input")]
    [InlineData("""{"text":"a","voice_id":"anna","use_torch_compile":{}}""", "bool_type", "use_torch_compile", "Input should be a valid boolean")]
    [InlineData("""{"text":"a","voice_id":"anna","response_format":"ogg"}""", "enum", "response_format", "Input should be 'wav', 'mp3', 'opus', 'aac', 'flac' or 'pcm'")]
    [InlineData("""{"text":"a","voice_id":"anna","response_format":3}""", "string_type", "response_format", "Input should be a valid string")]
    [InlineData("""{"text":"a","voice_id":"anna","role":1}""", "string_type", "role", "Input should be a valid string")]
    [InlineData("""{"text":"\ud800","voice_id":"anna"}""", "string_unicode", "text", "Input should be a valid string, unable to parse raw data as a unicode string")]
    [InlineData("""{"text":"a","voice_id":"anna","sample_rate":7999}""", "greater_than_equal", "sample_rate", "Input should be greater than or equal to 8000")]
    public async Task A_field_that_fails_is_named(string body, string type, string field, string message)
    {
        var failure = await (await _client.PostJson("/generate", body)).OnlyFailure();
        failure.GetProperty("type").GetString().ShouldBe(type);
        failure.GetProperty("loc").EnumerateArray().Select(l => l.GetString()).ShouldBe(["body", field]);
        failure.GetProperty("msg").GetString().ShouldBe(message);
        failure.TryGetProperty("url", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task All_fields_that_fail_are_listed_with_what_was_sent()
    {
        var answer = await _client.PostJson("/generate", """{"text":1,"speed":9,"max_tokens":"42","temperature":1}""");
        var failures = (await answer.Json()).GetProperty("detail").EnumerateArray().ToArray();
        failures.Select(f => f.GetProperty("loc")[1].GetString()).ShouldBe(["text", "voice_id", "speed", "max_tokens"]);
        failures[0].GetProperty("input").GetInt32().ShouldBe(1);
        failures[1].GetProperty("input").GetProperty("speed").GetInt32().ShouldBe(9);
        failures[2].GetProperty("ctx").GetRawText().ShouldBe("""{"le":4.0}""");
        failures[3].GetProperty("input").GetString().ShouldBe("42");
        failures[3].GetProperty("ctx").GetRawText().ShouldBe("""{"ge":100}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    public async Task No_body_is_a_missing_body(string body)
    {
        var failure = await (await _client.PostJson("/generate", body)).OnlyFailure();
        failure.GetProperty("type").GetString().ShouldBe("missing");
        failure.GetProperty("loc").EnumerateArray().Select(l => l.GetString()).ShouldBe(["body"]);
        failure.GetProperty("input").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("3")]
    public async Task A_body_that_is_no_object_is_refused(string body)
    {
        var failure = await (await _client.PostJson("/generate", body)).OnlyFailure();
        failure.GetProperty("type").GetString().ShouldBe("model_attributes_type");
        failure.GetProperty("msg").GetString().ShouldBe("Input should be a valid dictionary or object to extract fields from");
    }

    [Fact]
    public async Task Malformed_json_says_where()
    {
        var failure = await (await _client.PostJson("/generate", "{\"text\": \"é\",\n bad}")).OnlyFailure();
        failure.GetProperty("type").GetString().ShouldBe("json_invalid");
        failure.GetProperty("loc")[0].GetString().ShouldBe("body");
        failure.GetProperty("loc")[1].GetInt32().ShouldBe(15);
        failure.GetProperty("msg").GetString().ShouldBe("JSON decode error");
        failure.GetProperty("input").GetRawText().ShouldBe("{}");
        failure.GetProperty("ctx").GetProperty("error").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Text_length_counts_code_points()
    {
        var failure = await (await _client.PostJson("/generate", JsonSerializer.Serialize(new { text = string.Concat(Enumerable.Repeat("😀", 4097)), voice_id = "anna" }))).OnlyFailure();
        failure.GetProperty("type").GetString().ShouldBe("string_too_long");
        failure.GetProperty("ctx").GetRawText().ShouldBe("""{"max_length":4096}""");
        // 4096 code points are 8192 UTF-16 units: validation lets them through, and the voice is looked for.
        var answer = await _client.PostJson("/generate", JsonSerializer.Serialize(new { text = string.Concat(Enumerable.Repeat("😀", 4096)), voice_id = "nobody" }));
        ((int)answer.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task Bad_utf8_is_not_text()
    {
        byte[] body = [.. "{\"voice_id\":\"anna\",\"text\":\""u8, 0xff, 0xfe, .. "\"}"u8];
        (await (await _client.PostBytes("/generate", body)).OnlyFailure()).GetProperty("type").GetString().ShouldBe("string_unicode");
    }

    [Fact]
    public async Task The_query_is_checked_like_the_body()
    {
        var failure = await (await _client.PostJson("/generate?async_mode=perhaps", """{"text":"Hi.","voice_id":"anna"}""")).OnlyFailure();
        failure.GetProperty("type").GetString().ShouldBe("bool_parsing");
        failure.GetProperty("loc").EnumerateArray().Select(l => l.GetString()).ShouldBe(["query", "async_mode"]);
    }

    [Fact]
    public async Task Coercions_accept_what_fastapi_accepts()
    {
        var body = """{"text":"Hi there.","voice_id":"anna","speed":"1.0","max_tokens":100.0,"seed":"42","temperature":"1.2","use_torch_compile":"YES","unknown":{},"top_p":0,"role":null}""";
        var answer = await _client.PostAsync("/generate", new StringContent(body, Encoding.UTF8, "text/weird"));
        ((int)answer.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task A_body_over_ten_mebibytes_is_too_large()
    {
        var answer = await _client.PostBytes("/generate", new byte[(10 << 20) + 1]);
        ((int)answer.StatusCode).ShouldBe(413);
        (await answer.Detail()).ShouldBe("Request body too large");
    }

    [Fact]
    public async Task Under_v1_the_openai_error_object_stands_beside_the_detail()
    {
        var error = (await (await _client.PostJson("/v1/generate", """{"voice_id":"anna","speed":9}""")).Json()).GetProperty("error");
        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        error.GetProperty("param").GetString().ShouldBe("text");
        error.GetProperty("message").GetString()!.ShouldNotContain("\n");
        (await (await _client.PostJson("/generate", "{}")).Json()).TryGetProperty("error", out _).ShouldBeFalse();
    }
}
