using System.Text;
using System.Text.Json;

namespace DiaOrleans.Server.Tests.Api;

/// <summary>The 422 shapes of docs/api.md, Ground rules.3, over HTTP.</summary>
[Collection(nameof(ServerCollection))]
public sealed class ValidationTests(ServerFixture fixture)
{
    private const string Anna = "\"text\":\"Hi.\",\"voice_id\":\"anna\"";

    private readonly HttpClient _client = fixture.Client;

    [Theory]
    [InlineData("""{"voice_id":"anna"}""", "missing", "text", "Field required")]
    [InlineData("""{"text":null,"voice_id":"anna"}""", "string_type", "text", "Input should be a valid string")]
    [InlineData("""{"text":5,"voice_id":"anna"}""", "string_type", "text", "Input should be a valid string")]
    [InlineData("""{"text":"a","voice_id":7}""", "string_type", "voice_id", "Input should be a valid string")]
    [InlineData(
        """{"text":"a","voice_id":"anna","speed":0.2}""",
        "greater_than_equal",
        "speed",
        "Input should be greater than or equal to 0.25")]
    [InlineData("""{"text":"a","voice_id":"anna","speed":4.5}""", "less_than_equal", "speed", "Input should be less than or equal to 4")]
    [InlineData(
        """{"text":"a","voice_id":"anna","speed":"fast"}""",
        "float_parsing",
        "speed",
        "Input should be a valid number, unable to parse string as a number")]
    [InlineData("""{"text":"a","voice_id":"anna","speed":[1]}""", "float_type", "speed", "Input should be a valid number")]
    [InlineData("""{"text":"a","voice_id":"anna","speed":null}""", "float_type", "speed", "Input should be a valid number")]
    [InlineData("""{"text":"a","voice_id":"anna","speed":1e400}""", "finite_number", "speed", "Input should be a finite number")]
    [InlineData("""{"text":"a","voice_id":"anna","speed":NaN}""", "finite_number", "speed", "Input should be a finite number")]
    [InlineData(
        """{"text":"a","voice_id":"anna","temperature":-Infinity}""",
        "finite_number",
        "temperature",
        "Input should be a finite number")]
    [InlineData(
        """{"text":"a","voice_id":"anna","temperature":"inf"}""",
        "finite_number",
        "temperature",
        "Input should be a finite number")]
    [InlineData(
        """{"text":"a","voice_id":"anna","temperature":0}""",
        "greater_than_equal",
        "temperature",
        "Input should be greater than or equal to 0.1")]
    [InlineData(
        """{"text":"a","voice_id":"anna","cfg_scale":11}""",
        "less_than_equal",
        "cfg_scale",
        "Input should be less than or equal to 10")]
    [InlineData("""{"text":"a","voice_id":"anna","top_p":1.01}""", "less_than_equal", "top_p", "Input should be less than or equal to 1")]
    [InlineData(
        """{"text":"a","voice_id":"anna","max_tokens":99}""",
        "greater_than_equal",
        "max_tokens",
        "Input should be greater than or equal to 100")]
    [InlineData(
        """{"text":"a","voice_id":"anna","max_tokens":"x"}""",
        "int_parsing",
        "max_tokens",
        "Input should be a valid integer, unable to parse string as an integer")]
    [InlineData(
        """{"text":"a","voice_id":"anna","max_tokens":100.5}""",
        "int_from_float",
        "max_tokens",
        "Input should be a valid integer, got a number with a fractional part")]
    [InlineData("""{"text":"a","voice_id":"anna","max_tokens":[]}""", "int_type", "max_tokens", "Input should be a valid integer")]
    [InlineData(
        """{"text":"a","voice_id":"anna","seed":9223372036854775808}""",
        "int_parsing_size",
        "seed",
        "Unable to parse input string as an integer, exceeded maximum size")]
    [InlineData(
        """{"text":"a","voice_id":"anna","use_torch_compile":"perhaps"}""",
        "bool_parsing",
        "use_torch_compile",
        "Input should be a valid boolean, unable to interpret input")]
    [InlineData(
        """{"text":"a","voice_id":"anna","use_torch_compile":{}}""",
        "bool_type",
        "use_torch_compile",
        "Input should be a valid boolean")]
    [InlineData(
        """{"text":"a","voice_id":"anna","response_format":"oga"}""",
        "enum",
        "response_format",
        "Input should be 'wav', 'mp3', 'opus', 'aac', 'flac' or 'pcm'")]
    [InlineData(
        """{"text":"a","voice_id":"anna","response_format":3}""",
        "string_type",
        "response_format",
        "Input should be a valid string")]
    [InlineData("""{"text":"a","voice_id":"anna","role":1}""", "string_type", "role", "Input should be a valid string")]
    [InlineData(
        """{"text":"\ud800","voice_id":"anna"}""",
        "string_unicode",
        "text",
        "Input should be a valid string, unable to parse raw data as a unicode string")]
    [InlineData(
        """{"text":"a","voice_id":"anna","sample_rate":7999}""",
        "greater_than_equal",
        "sample_rate",
        "Input should be greater than or equal to 8000")]
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
        var failure = await (
            await _client.PostJson(
                "/generate",
                JsonSerializer.Serialize(new { text = string.Concat(Enumerable.Repeat("𠀀", 4097)), voice_id = "anna" }))).OnlyFailure();
        failure.GetProperty("type").GetString().ShouldBe("string_too_long");
        failure.GetProperty("ctx").GetRawText().ShouldBe("""{"max_length":4096}""");
        // 4096 code points are 8192 UTF-16 units: they pass validation, and the voice is looked up.
        var answer = await _client.PostJson(
            "/generate",
            JsonSerializer.Serialize(new { text = string.Concat(Enumerable.Repeat("𠀀", 4096)), voice_id = "nobody" }));
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
        var body = """{"text":"Hi there.","voice_id":"anna","speed":"1.0","max_tokens":100.0"""
            + ""","seed":"42","temperature":"1.2","use_torch_compile":"YES","unknown":{},"top_p":0,"role":null}""";
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
    public async Task Under_v1_an_error_has_the_openai_object_beside_the_detail()
    {
        var error = (await (await _client.PostJson("/v1/generate", """{"voice_id":"anna","speed":9}""")).Json()).GetProperty("error");
        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        error.GetProperty("param").GetString().ShouldBe("text");
        error.GetProperty("message").GetString()!.ShouldNotContain("\n");
        (await (await _client.PostJson("/generate", "{}")).Json()).TryGetProperty("error", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("/generate", "", """{"type":"missing","loc":["body"],"msg":"Field required","input":null}""")]
    [InlineData("/generate", "null", """{"type":"missing","loc":["body"],"msg":"Field required","input":null}""")]
    [InlineData(
        "/generate",
        " ",
        """{"type":"json_invalid","loc":["body",1],"msg":"JSON decode error","input":{},"ctx":{"error":"Unexpected end of the text"}}""")]
    [InlineData(
        "/generate",
        """{"voice_id":"anna"}""",
        """{"type":"missing","loc":["body","text"],"msg":"Field required","input":{"voice_id":"anna"}}""")]
    [InlineData(
        "/generate",
        """{"Text":"Hi.","text":"Hi.","Voice_id":"anna"}""",
        """{"type":"missing","loc":["body","voice_id"],"msg":"Field required","input":{"Text":"Hi.","text":"Hi.","Voice_id":"anna"}}""")]
    [InlineData(
        "/generate",
        "{bad",
        """{"type":"json_invalid","loc":["body",1],"msg":"JSON decode error","input":{},"ctx":{"error":"Unexpected 'b'"}}""")]
    [InlineData(
        "/generate",
        "[1,{}]",
        """{"type":"model_attributes_type","loc":["body"],"msg":"Input should be a valid dictionary or object to extract fields """
        + """from","input":[1,{}]}""")]
    [InlineData(
        "/generate",
        """{"text":["a"],"voice_id":"anna"}""",
        """{"type":"string_type","loc":["body","text"],"msg":"Input should be a valid string","input":["a"]}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","speed":0.2}""",
        """{"type":"greater_than_equal","loc":["body","speed"],"msg":"Input should be greater than or equal to 0.25","input":0.2"""
        + ""","ctx":{"ge":0.25}}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","speed":"4.5"}""",
        """{"type":"less_than_equal","loc":["body","speed"],"msg":"Input should be less than or equal to 4","input":"4.5","ctx":"""
        + """{"le":4.0}}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","speed":"fast"}""",
        """{"type":"float_parsing","loc":["body","speed"],"msg":"Input should be a valid number, unable to parse string as a """
        + """number","input":"fast"}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","speed":{"a":1}}""",
        """{"type":"float_type","loc":["body","speed"],"msg":"Input should be a valid number","input":{"a":1}}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","speed":-Infinity}""",
        """{"type":"finite_number","loc":["body","speed"],"msg":"Input should be a finite number","input":"-Infinity"}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","speed":1e999}""",
        """{"type":"finite_number","loc":["body","speed"],"msg":"Input should be a finite number","input":"1e999"}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","seed":"4x"}""",
        """{"type":"int_parsing","loc":["body","seed"],"msg":"Input should be a valid integer, unable to parse string as an """
        + """integer","input":"4x"}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","seed":4.5}""",
        """{"type":"int_from_float","loc":["body","seed"],"msg":"Input should be a valid integer, got a number with a fractional """
        + """part","input":4.5}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","seed":{}}""",
        """{"type":"int_type","loc":["body","seed"],"msg":"Input should be a valid integer","input":{}}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","seed":9223372036854775808}""",
        """{"type":"int_parsing_size","loc":["body","seed"],"msg":"Unable to parse input string as an integer, exceeded maximum """
        + """size","input":9223372036854775808}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","use_torch_compile":"maybe"}""",
        """{"type":"bool_parsing","loc":["body","use_torch_compile"],"msg":"Input should be a valid boolean, unable to interpret """
        + """input","input":"maybe"}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","use_torch_compile":2}""",
        """{"type":"bool_parsing","loc":["body","use_torch_compile"],"msg":"Input should be a valid boolean, unable to interpret """
        + """input","input":2}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","use_torch_compile":[]}""",
        """{"type":"bool_type","loc":["body","use_torch_compile"],"msg":"Input should be a valid boolean","input":[]}""")]
    [InlineData(
        "/generate",
        "{" + Anna + ""","response_format":"oga"}""",
        """{"type":"enum","loc":["body","response_format"],"msg":"Input should be 'wav', 'mp3', 'opus', 'aac', 'flac' or """
        + """'pcm'","input":"oga","ctx":{"expected":"'wav', 'mp3', 'opus', 'aac', 'flac' or 'pcm'"}}""")]
    [InlineData(
        "/generate",
        """{"text":"\udc00","voice_id":"anna"}""",
        """{"type":"string_unicode","loc":["body","text"],"msg":"Input should be a valid string, unable to parse raw data as a """
        + """unicode string","input":null}""")]
    [InlineData(
        "/v1/audio/speech",
        """{"input":"Hi.","voice":"anna","stream_format":"ogg"}""",
        """{"type":"enum","loc":["body","stream_format"],"msg":"Input should be 'audio' or 'sse'","input":"ogg","ctx":"""
        + """{"expected":"'audio' or 'sse'"}}""")]
    [InlineData(
        "/generate?async_mode=perhaps",
        "{" + Anna + "}",
        """{"type":"bool_parsing","loc":["query","async_mode"],"msg":"Input should be a valid boolean, unable to interpret """
        + """input","input":"perhaps"}""")]
    public async Task A_failure_has_exactly_these_members(string path, string body, string item) =>
        (await (await _client.PostJson(path, body)).OnlyFailure()).GetRawText().ShouldBe(item);

    [Fact]
    public async Task An_unknown_status_lists_the_known_ones() =>
        (await (await _client.GetAsync("/jobs?status=done")).OnlyFailure()).GetRawText().ShouldBe(
            """{"type":"enum","loc":["query","status"],"msg":"Input should be 'pending', 'processing', 'completed', 'failed' or """
            + """'cancelled'","input":"done","ctx":{"expected":"'pending', 'processing', 'completed', 'failed' or 'cancelled'"}}""");

    [Theory]
    [InlineData("/generate", "text", "voice_id", 4096)]
    [InlineData("/v1/audio/speech", "input", "voice", 4096)]
    [InlineData("/api/tts/generate", "text", "voice_id", 4096)]
    public async Task Text_has_at_most_4096_code_points(string path, string field, string voice, int most)
    {
        var tooLong = new string('a', most + 1);
        (await (await _client.PostJson(path, $$"""{"{{field}}":"{{tooLong}}","{{voice}}":"anna"}""")).OnlyFailure()).GetRawText().ShouldBe(
            $$$"""{"type":"string_too_long","loc":["body","{{{field}}}"],"msg":"String should have at most 4096 """
            + $$$"""characters","input":"{{{tooLong[..1024]}}}…","ctx":{"max_length":4096}}""");
        var longest = string.Concat(Enumerable.Repeat("𠀀", most));
        ((int)(await _client.PostJson(path, $$"""{"{{field}}":"{{longest}}","{{voice}}":"nobody"}""")).StatusCode).ShouldBe(404);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("1")]
    [InlineData("0")]
    [InlineData("1.0")]
    [InlineData("\"true\"")]
    [InlineData("\"FALSE\"")]
    [InlineData("\"Yes\"")]
    [InlineData("\"no\"")]
    [InlineData("\"ON\"")]
    [InlineData("\"off\"")]
    [InlineData("\"T\"")]
    [InlineData("\"f\"")]
    [InlineData("\"y\"")]
    [InlineData("\"N\"")]
    [InlineData("\"1\"")]
    [InlineData("\"0\"")]
    public Task A_boolean_has_several_forms(string value) => Taken("use_torch_compile", value);

    [Theory]
    [InlineData("speed", "\"1.5\"")]
    [InlineData("speed", "\" 1.5 \"")]
    [InlineData("speed", "\"1e0\"")]
    [InlineData("speed", "1")]
    [InlineData("max_tokens", "\"100\"")]
    [InlineData("max_tokens", "100.0")]
    [InlineData("max_tokens", "\"100.0\"")]
    [InlineData("seed", "4.2e1")]
    [InlineData("seed", "\"-1\"")]
    [InlineData("response_format", "\"WaV\"")]
    public Task A_number_or_a_format_has_several_forms(string field, string value) => Taken(field, value);

    [Theory]
    [InlineData("role")]
    [InlineData("temperature")]
    [InlineData("cfg_scale")]
    [InlineData("top_p")]
    [InlineData("max_tokens")]
    [InlineData("use_torch_compile")]
    [InlineData("seed")]
    [InlineData("sample_rate")]
    public Task An_optional_field_may_be_null(string field) => Taken(field, "null");

    [Theory]
    [InlineData("text", "string_type")]
    [InlineData("voice_id", "string_type")]
    [InlineData("response_format", "string_type")]
    [InlineData("speed", "float_type")]
    public async Task Another_field_may_not_be_null(string field, string type)
    {
        var fields = new Dictionary<string, object?> { ["text"] = "Hi.", ["voice_id"] = "anna", [field] = null };
        (await (await _client.PostJson("/generate", JsonSerializer.Serialize(fields))).OnlyFailure()).GetProperty("type").GetString()
            .ShouldBe(type);
    }

    [Theory]
    [InlineData("speed", "0.25", "4")]
    [InlineData("temperature", "0.1", "2")]
    [InlineData("cfg_scale", "1", "10")]
    [InlineData("top_p", "0", "1")]
    [InlineData("max_tokens", "100", "10000")]
    [InlineData("sample_rate", "8000", "48000")]
    [InlineData("seed", "-9223372036854775808", "9223372036854775807")]
    public async Task The_ends_of_a_range_belong_to_it(string field, string least, string most)
    {
        await Taken(field, least);
        await Taken(field, most);
    }

    [Theory]
    [InlineData("speed", "0.2499", "greater_than_equal", """{"ge":0.25}""")]
    [InlineData("speed", "4.01", "less_than_equal", """{"le":4.0}""")]
    [InlineData("temperature", "0.09", "greater_than_equal", """{"ge":0.1}""")]
    [InlineData("temperature", "2.01", "less_than_equal", """{"le":2.0}""")]
    [InlineData("cfg_scale", "0.99", "greater_than_equal", """{"ge":1.0}""")]
    [InlineData("cfg_scale", "10.01", "less_than_equal", """{"le":10.0}""")]
    [InlineData("top_p", "-0.01", "greater_than_equal", """{"ge":0.0}""")]
    [InlineData("top_p", "1.01", "less_than_equal", """{"le":1.0}""")]
    [InlineData("max_tokens", "99", "greater_than_equal", """{"ge":100}""")]
    [InlineData("max_tokens", "10001", "less_than_equal", """{"le":10000}""")]
    [InlineData("sample_rate", "7999", "greater_than_equal", """{"ge":8000}""")]
    [InlineData("sample_rate", "48001", "less_than_equal", """{"le":48000}""")]
    [InlineData("seed", "-9223372036854775809", "int_parsing_size", null)]
    [InlineData("seed", "9223372036854775808", "int_parsing_size", null)]
    public async Task A_value_outside_a_range_is_refused(string field, string value, string type, string? context)
    {
        var failure = await (
            await _client.PostJson("/generate", $$"""{"text":"Hi.","voice_id":"nobody","{{field}}":{{value}}}""")).OnlyFailure();
        (failure.GetProperty("type").GetString(), failure.GetProperty("loc")[1].GetString()).ShouldBe((type, field));
        (failure.TryGetProperty("ctx", out var facts) ? facts.GetRawText() : null).ShouldBe(context);
    }

    [Theory]
    [InlineData("{\"text\":\"Hi.\",\"voice_id\":\"nobody\"}", 404)]
    [InlineData("", 422)]
    [InlineData("{", 422)]
    public async Task A_byte_order_mark_before_json_is_ignored(string body, int status)
    {
        var answer = await _client.PostBytes("/generate", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(body)]);
        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 422) (await answer.OnlyFailure()).GetProperty("loc")[1].GetInt32().ShouldBe(body.Length);
    }

    /// <summary>The value is valid: the request fails only because of its voice, which is checked later.</summary>
    private async Task Taken(string field, string value)
    {
        var answer = await _client.PostJson("/generate", $$"""{"text":"Hi.","voice_id":"nobody","{{field}}":{{value}}}""");
        ((int)answer.StatusCode).ShouldBe(404, await answer.Content.ReadAsStringAsync());
    }
}
