namespace DiaOrleans.Server.Tests.Api;

/// <summary>A deployment that lacks an encoder refuses its format as an unknown one; docs/api.md, Generation.</summary>
public sealed class MissingEncoderTests
{
    [Fact]
    public async Task A_format_that_cannot_be_encoded_here_is_not_among_those_listed()
    {
        using var folder = new TemporaryFolder();
        using var server = await ServerProcess.Start(folder.Path, path: folder.Path);
        foreach (var (path, body) in new[]
        {
            ("/generate", """{"text":"Hi.","voice_id":"anna","response_format":"aac"}"""),
            ("/generate?async_mode=true", """{"text":"Hi.","voice_id":"anna","response_format":"aac"}"""),
            ("/v1/audio/speech", """{"input":"Hi.","voice":"anna","response_format":"AAC"}"""),
        })
        {
            // The encoder is a program in PATH.
            var failure = await (await server.Client.PostJson(path, body)).OnlyFailure();
            failure.GetProperty("type").GetString().ShouldBe("enum");
            failure.GetProperty("msg").GetString().ShouldBe("Input should be 'wav', 'mp3', 'opus', 'flac' or 'pcm'");
        }
    }
}
