using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DiaOrleans.Server.Tests.Api.OpenApi;

/// <summary>The limits in the OpenAPI document are those that requests are checked with.</summary>
public sealed class LimitsTests(LimitsTests.OwnServer own) : IClassFixture<LimitsTests.OwnServer>
{
    private const int OverEveryLimit = 70_000;

    private readonly HttpClient _client = own.Server.Client;

    [Fact]
    public async Task Body_JustOutsideALimitOfTheDocument_FailsWithThatLimit()
    {
        var checkedFields = 0;
        foreach (var (method, path, body) in await ReadBodies())
        {
            foreach (var (name, schema) in body.Fields)
            {
                foreach (var (value, type, context) in ValuesOutside(schema))
                {
                    var failure = await (await Send(method, path, body.With(name, value))).OnlyFailure();
                    failure.GetProperty("loc")[1].GetString().ShouldBe(name, path);
                    failure.GetProperty("type").GetString().ShouldBe(type, $"{path} {name}");
                    failure.GetProperty("ctx").GetRawText().ShouldBe(context, $"{path} {name}");
                    checkedFields++;
                }
            }
        }

        checkedFields.ShouldBeGreaterThanOrEqualTo(36);
    }

    [Fact]
    public async Task Body_AtALimitOfTheDocument_IsAccepted()
    {
        foreach (var (method, path, body) in await ReadBodies())
        {
            foreach (var (name, schema) in body.Fields)
            {
                foreach (var value in ValuesAtLimits(schema)) await ShouldAccept(method, path, body.With(name, value), name);
            }
        }
    }

    [Fact]
    public async Task Body_FieldWithoutALimitInTheDocument_HasNone()
    {
        foreach (var (method, path, body) in await ReadBodies())
        {
            foreach (var (name, schema) in body.Fields.Where(field => !HasLimit(field.Schema)))
            {
                JsonNode[] values = TypeOf(schema) switch
                {
                    "integer" => [long.MinValue, long.MaxValue],
                    "number" => [double.MinValue, double.MaxValue],
                    "string" => [new string('a', OverEveryLimit)],
                    _ => [],
                };
                foreach (var value in values) await ShouldAccept(method, path, body.With(name, value), name);
            }
        }
    }

    [Fact]
    public async Task Query_JustOutsideALimitOfTheDocument_FailsWithThatLimit()
    {
        var checkedParameters = 0;
        foreach (var (path, item) in await ReadPaths())
        {
            if (item!["get"]?["parameters"] is not JsonArray parameters) continue;
            foreach (var parameter in parameters.Where(parameter => (string?)parameter!["in"] == "query"))
            {
                var name = (string)parameter!["name"]!;
                foreach (var (value, type, context) in ValuesOutside(parameter["schema"]!))
                {
                    var failure = await (await _client.GetAsync($"{path}?{name}={value}")).OnlyFailure();
                    failure.GetProperty("type").GetString().ShouldBe(type, $"{path} {name}");
                    failure.GetProperty("ctx").GetRawText().ShouldBe(context, $"{path} {name}");
                    checkedParameters++;
                }
            }
        }

        checkedParameters.ShouldBe(8);
    }

    [Fact]
    public async Task IdempotencyKey_LongerThanInTheDocument_FailsWithThatLimit()
    {
        var generate = (await ReadPaths())["/generate"]!["post"]!;
        var header = generate["parameters"]!.AsArray().Single(parameter => (string?)parameter!["in"] == "header")!;
        var max = (int)header["schema"]!["maxLength"]!;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/generate?async_mode=true");
        request.Headers.Add((string)header["name"]!, new string('k', max + 1));
        request.Content = new StringContent("""{"text":"Hi.","voice_id":"nobody"}""");
        var failure = await (await _client.SendAsync(request)).OnlyFailure();
        failure.GetProperty("ctx").GetRawText().ShouldBe($$"""{"max_length":{{max}}}""");
    }

    [Fact]
    public async Task UploadId_LongerThanInTheDocument_IsRefused()
    {
        var form = (await ReadPaths())["/audio_prompts/upload"]!["post"]!["requestBody"]!["content"]!["multipart/form-data"]!;
        var max = (int)form["schema"]!["properties"]!["prompt_id"]!["maxLength"]!;
        (await Upload(new string('a', max))).ShouldBe("Cannot read audio file. Please check the file format");
        (await Upload(new string('a', max + 1))).ShouldBe("Invalid prompt_id");
    }

    /// <summary>The first part of the refusal of a file that is no recording.</summary>
    private async Task<string> Upload(string id)
    {
        var answer = await _client.PostAsync("/audio_prompts/upload", PromptServer.Form(id, Encoding.ASCII.GetBytes("no recording")));
        return (await answer.Detail()).Split(':')[0];
    }

    private async Task ShouldAccept(string method, string path, JsonObject body, string field)
    {
        var answer = await Send(method, path, body);
        if ((int)answer.StatusCode != 422) return;
        var failed = (await answer.Json()).GetProperty("detail").EnumerateArray().Select(item => item.GetProperty("loc")[1].GetString());
        failed.ShouldNotContain(field, path);
    }

    private async Task<HttpResponseMessage> Send(string method, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path.Replace('{', '-').Replace('}', '-'));
        request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        return await _client.SendAsync(request);
    }

    private async Task<JsonObject> ReadPaths() => JsonNode.Parse(await _client.GetStringAsync("/openapi.json"))!["paths"]!.AsObject();

    private async Task<IReadOnlyList<(string Method, string Path, Body Body)>> ReadBodies() =>
    [
        .. from path in await ReadPaths()
        from operation in path.Value!.AsObject()
        let json = operation.Value!["requestBody"]?["content"]?["application/json"]
        where json is not null
        select (operation.Key, path.Key, new Body(ListFields(json), json["example"]!.AsObject())),
    ];

    private static IReadOnlyList<(string Name, JsonNode Schema)> ListFields(JsonNode json) =>
        [.. json["schema"]!["properties"]!.AsObject().Select(property => (property.Key, property.Value!))];

    private static bool HasLimit(JsonNode schema) =>
        schema["minimum"] is not null || schema["maximum"] is not null || schema["maxLength"] is not null || schema["enum"] is not null;

    /// <summary>The type of a schema other than null.</summary>
    private static string TypeOf(JsonNode schema) =>
        schema["type"] is JsonArray types ? types.Select(type => (string)type!).First(type => type != "null") : (string)schema["type"]!;

    private static IEnumerable<JsonNode> ValuesAtLimits(JsonNode schema)
    {
        if (schema["minimum"] is { } min) yield return min.DeepClone();
        if (schema["maximum"] is { } max) yield return max.DeepClone();
        if (schema["maxLength"] is { } length) yield return new string('a', (int)length);
        foreach (var choice in schema["enum"]?.AsArray() ?? []) yield return choice!.DeepClone();
    }

    /// <summary>Values just outside each limit, with the type and the context of the failure that they cause.</summary>
    private static IEnumerable<(JsonNode Value, string Type, string Context)> ValuesOutside(JsonNode schema)
    {
        var isInteger = TypeOf(schema) == "integer";
        var step = isInteger ? 1m : 0.01m;
        if (schema["minimum"] is { } min) yield return ((decimal)min - step, "greater_than_equal", $$"""{"ge":{{Format(min)}}}""");
        if (schema["maximum"] is { } max) yield return ((decimal)max + step, "less_than_equal", $$"""{"le":{{Format(max)}}}""");
        if (schema["maxLength"] is { } length)
            yield return (new string('a', (int)length + 1), "string_too_long", $$"""{"max_length":{{length}}}""");
        if (schema["enum"] is JsonArray choices)
        {
            var quoted = choices.Select(choice => $"'{choice}'").ToArray();
            var expected = $"{string.Join(", ", quoted[..^1])} or {quoted[^1]}";
            yield return ("none of them", "enum", $$"""{"expected":"{{expected}}"}""");
        }

        string Format(JsonNode bound) => ((decimal)bound).ToString(isInteger ? "0" : "0.0###", CultureInfo.InvariantCulture);
    }

    /// <summary>The JSON body of an operation: the schemas of its fields, and its example.</summary>
    private sealed record Body(IReadOnlyList<(string Name, JsonNode Schema)> Fields, JsonObject Example)
    {
        /// <summary>The example with another value of a field, and a voice that does not exist, so that no request makes speech.</summary>
        public JsonObject With(string name, JsonNode value)
        {
            var body = Example.DeepClone().AsObject();
            foreach (var voice in (string[])["voice", "voice_id"])
            {
                if (body.ContainsKey(voice)) body[voice] = "nobody";
            }

            body[name] = value;
            return body;
        }
    }

    /// <summary>A server whose voices and configuration the tests change.</summary>
    public sealed class OwnServer : IAsyncLifetime
    {
        internal RunningServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await RunningServer.Start();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
