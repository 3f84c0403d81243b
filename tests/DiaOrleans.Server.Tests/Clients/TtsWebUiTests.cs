using System.Buffers.Binary;
using System.Net;
using System.Text;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Clients;

/// <summary>
/// SillyTavern's provider for TTS WebUI, which plays what follows the first 44 bytes as 16-bit PCM; docs/api.md, Clients.
/// </summary>
public sealed class TtsWebUiTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private readonly ScriptedServer _server = fixture.Server;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_body_gets_a_wav_whose_first_44_bytes_are_the_header(bool stream)
    {
        var body = $$$"""{"model":"dia","voice":"anna","input":"Where is my hat?","response_format":"wav","speed":1"""
            + $$$""","stream":{{{(stream ? "true" : "false")}}},"params":{"desired_length":80,"cfg_weight":0.5,"seed":-1}}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/audio/speech")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var answer = await _server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await using var audio = await answer.Content.ReadAsStreamAsync();
        var first = new byte[4096];
        var read = await audio.ReadAsync(first);
        read.ShouldBeGreaterThanOrEqualTo(44, "The header comes in one piece.");
        (Encoding.ASCII.GetString(first, 0, 4), Encoding.ASCII.GetString(first, 8, 8), Encoding.ASCII.GetString(first, 36, 4))
            .ShouldBe(("RIFF", "WAVEfmt ", "data"));
        var (format, channels, rate, bits) = (
            BinaryPrimitives.ReadInt16LittleEndian(first.AsSpan(20)),
            BinaryPrimitives.ReadInt16LittleEndian(first.AsSpan(22)),
            BinaryPrimitives.ReadInt32LittleEndian(first.AsSpan(24)),
            BinaryPrimitives.ReadInt16LittleEndian(first.AsSpan(34)));
        (format, channels, rate, bits).ShouldBe(((short)1, (short)1, 44100, (short)16));
        if (stream) BinaryPrimitives.ReadUInt32LittleEndian(first.AsSpan(40)).ShouldBe(uint.MaxValue);
        var rest = new MemoryStream();
        await audio.CopyToAsync(rest);
        ((read + rest.Length - 44) % 2).ShouldBe(0);
    }
}
