using System.IO.Compression;
using System.Net;
using System.Text;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Proxies;

/// <summary>The API behind nginx, if this machine has it.</summary>
public sealed class NginxProxyTests(ScriptedFixture fixture) : ReverseProxyTests(fixture, own: false);

/// <summary>The API behind the proxy that stands in for nginx.</summary>
public sealed class ForwardingProxyTests(ScriptedFixture fixture) : ReverseProxyTests(fixture, own: true);

/// <summary>The API behind a reverse proxy.</summary>
/// <param name="fixture">The server.</param>
/// <param name="own">The proxy is that of this process.</param>
public abstract class ReverseProxyTests(ScriptedFixture fixture, bool own) : IClassFixture<ScriptedFixture>
{
    private readonly ScriptedServer _server = fixture.Server;

    [Theory]
    [InlineData("tts/voices/", "/tts/voices")]
    [InlineData("tts/v1/voices/?a=b", "/tts/v1/voices?a=b")]
    [InlineData("tts/docs/", "/tts/docs")]
    public async Task A_redirect_stays_under_the_path(string path, string target)
    {
        await using var proxy = await ReverseProxy.Start(_server.Server.Address, PathHandling.Forwarded, own);
        using var client = Client(proxy);
        var answer = await client.GetAsync($"/{path}");
        ((int)answer.StatusCode).ShouldBe(307);
        // nginx makes it absolute.
        new Uri(proxy.Address, answer.Headers.Location!).PathAndQuery.ShouldBe(target);
        (await client.GetAsync(target)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("generate", """{"text":"Where is my hat? In the hall.","voice_id":"anna","stream":true}""")]
    [InlineData("audio/speech", """{"input":"Where is my own hat?","voice":"anna","stream":true}""")]
    [InlineData("v1/audio/speech", """{"input":"Where is my own hat?","voice":"anna","stream_format":"sse","response_format":"pcm"}""")]
    public async Task A_stream_is_passed_on_while_it_is_made(string path, string body)
    {
        await using var proxy = await ReverseProxy.Start(_server.Server.Address, PathHandling.Removed, own);
        using var client = Client(proxy);
        var hold = new TaskCompletionSource();
        _server.Engine.Script = async run =>
        {
            // Less than nginx's buffers.
            run.Append(ScriptedEngine.Tone(0.03));
            await hold.Task;
            await ScriptedEngine.Speak(run, 1, spoken: 0.03);
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(TimeSpan.FromSeconds(20));
        answer.EnsureSuccessStatusCode();
        await using var audio = await answer.Content.ReadAsStreamAsync();
        await audio.ReadExactlyAsync(new byte[44]).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        hold.SetResult();
        await audio.CopyToAsync(Stream.Null);
    }

    [Fact]
    public async Task Parts_of_finished_audio_are_passed_on()
    {
        await using var proxy = await ReverseProxy.Start(_server.Server.Address, PathHandling.Removed, own);
        using var client = Client(proxy);
        _server.Engine.Script = ScriptedEngine.Speak;
        var whole = await client.GetByteArrayAsync("preview/anna");
        using var part = await client.Send("GET", "preview/anna", ("Range", "bytes=100-199"));
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsByteArrayAsync()).ShouldBe(whole[100..200]);
    }

    [Fact]
    public async Task A_compressed_body_is_passed_on()
    {
        await using var proxy = await ReverseProxy.Start(_server.Server.Address, PathHandling.Removed, own);
        using var client = Client(proxy);
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes("""{"voice_id":"behind"}"""));
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        (await client.PostAsync("voice_mappings", content)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static HttpClient Client(ReverseProxy proxy) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = proxy.Address };
}
