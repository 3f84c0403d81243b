using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace DiaOrleans.Server.Tests.Api.Bodies;

/// <summary>Request bodies that their client has compressed; docs/api.md, Ground rules.</summary>
public sealed class BodyDecodingTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private const string FormType = "multipart/form-data; boundary=x";
    private const string Voice = """{"voice_id":"packed","style":"calm"}""";

    private readonly HttpClient _client = fixture.Server.Client;

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("x-gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    [InlineData("")]
    public async Task A_json_body_is_decoded(string encoding)
    {
        var answer = await Send("/voice_mappings", encoding, Compress(encoding, Encoding.UTF8.GetBytes(Voice)));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        (await _client.GetStringAsync("/voice_mappings")).ShouldContain("\"packed\":{\"style\":\"calm\"");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_form_is_decoded(string encoding)
    {
        var body = Compress(encoding, await Form(100_000));
        var answer = await Send("/audio_prompts/upload", encoding, body, FormType);
        // It reaches the checks of a recording: this one has no samples.
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Detail()).ShouldStartWith("Cannot read audio file.");
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("compress")]
    [InlineData("gzip, br")]
    [InlineData("no such thing")]
    public async Task Another_encoding_is_415_with_the_accepted_ones(string encoding)
    {
        foreach (var path in (string[])["/voice_mappings", "/v1/audio/speech", "/audio_prompts/upload"])
        {
            var answer = await Send(path, encoding, Encoding.UTF8.GetBytes(Voice));
            answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
            (await answer.Detail()).ShouldBe($"Unsupported Content-Encoding '{encoding}': send gzip, deflate, br or no encoding");
            answer.Headers.GetValues("Accept-Encoding").ShouldBe(["gzip, deflate, br"]);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Data_that_is_damaged_is_a_400_and_an_incomplete_body_is_refused(string encoding)
    {
        var padding = string.Concat(Enumerable.Range(0, 5000));
        var whole = Compress(encoding, Encoding.UTF8.GetBytes($$"""{"voice_id":"packed","padding":"{{padding}}"}"""));
        var damaged = whole.ToArray();
        damaged.AsSpan(whole.Length / 2, 200).Fill(0xFF);
        foreach (var body in (byte[][])[Encoding.UTF8.GetBytes(Voice), damaged])
        {
            var answer = await Send("/voice_mappings", encoding, body);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await answer.Detail()).ShouldBe($"The request body is not valid {encoding} data");
        }

        // What is there of it may be valid; then the JSON is not.
        (await Send("/voice_mappings", encoding, whole[..(whole.Length / 2)])).StatusCode
            .ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Limits_are_those_of_the_decoded_body(string encoding)
    {
        var json = new byte[(10 << 20) + 1];
        Array.Fill(json, (byte)' ');
        Encoding.UTF8.GetBytes(Voice).CopyTo(json, 0);
        (await Send("/voice_mappings", encoding, Compress(encoding, json))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        var upload = await Send(
            "/audio_prompts/upload",
            encoding,
            Compress(encoding, await Form(26 << 20)),
            FormType);
        upload.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await upload.Detail()).ShouldBe("Audio file too large (maximum 25 MB)");
        (await Send("/voice_mappings", encoding, Compress(encoding, json[..^1]))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_body_that_grows_without_end_is_not_decoded_to_its_end()
    {
        // 1 GB in 1 MB. A form's parts after the file are skipped, however long.
        using var bomb = new MemoryStream();
        await using (var gzip = new GZipStream(bomb, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes("--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n"));
            var block = new byte[1 << 20];
            for (var i = 0; i < 1024; i++) await gzip.WriteAsync(block);
        }

        var answer = await Send("/audio_prompts/upload", "gzip", bomb.ToArray(), FormType);
        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_request_without_a_body_may_name_any_encoding() =>
        (await _client.Send("GET", "/voices", ("Content-Encoding", "zstd"))).StatusCode.ShouldBe(HttpStatusCode.OK);

    private static byte[] Compress(string encoding, byte[] body)
    {
        using var target = new MemoryStream();
        using (var stream = Open(encoding.ToLowerInvariant(), target)) stream?.Write(body);
        return target.Length == 0 ? body : target.ToArray();
    }

    private static Stream? Open(string encoding, Stream target) => encoding switch
    {
        "gzip" or "x-gzip" => new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true),
        "deflate" => new ZLibStream(target, CompressionLevel.Fastest, leaveOpen: true),
        "br" => new BrotliStream(target, CompressionLevel.Fastest, leaveOpen: true),
        _ => null,
    };

    private static async Task<byte[]> Form(int bytes)
    {
        using var form = new MultipartFormDataContent("x");
        form.Add(new StringContent("packed"), "prompt_id");
        form.Add(new ByteArrayContent(new byte[bytes]), "audio_file", "x.wav");
        return await form.ReadAsByteArrayAsync();
    }

    private async Task<HttpResponseMessage> Send(string path, string encoding, byte[] body, string type = "application/json")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding.Length > 0) content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return await _client.PostAsync(path, content);
    }
}
