using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Blobs.S3;

public sealed class S3ServerTests
{
    private static readonly string[] Folders = ["audio_prompts", "job_results", "audio_outputs", "previews"];

    [Fact]
    public async Task A_server_keeps_recordings_results_outputs_and_previews_in_the_bucket_alone()
    {
        await using var s3 = await S3StandIn.Start();
        using var data = new TemporaryFolder();
        using var server = await Start(s3, data.Path);
        var client = server.Client;
        (await client.PostAsync("/audio_prompts/upload", PromptServer.Form("me", PromptServer.Tone(1)))).EnsureSuccessStatusCode();
        (await client.GetByteArrayAsync("/audio_prompts/me/audio")).Length.ShouldBe(44 + 2 * 44100);
        const string voice = """{"voice_id":"anna","audio_prompt":"me","audio_prompt_transcript":"Hm."}""";
        await client.Accepted(HttpMethod.Post, "/voice_mappings", voice);
        const string text = """{"text":"Hello there.","voice_id":"anna","seed":1}""";
        var submitted = await client.Accepted(HttpMethod.Post, "/generate?async_mode=true", text);
        var job = submitted.GetProperty("job_id").GetString()!;
        var result = await Result(client, job);
        var part = new HttpRequestMessage(HttpMethod.Get, $"/jobs/{job}/result") { Headers = { Range = new(100, 199) } };
        var answer = await client.SendAsync(part);
        ((int)answer.StatusCode).ShouldBe(206);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(result[100..200]);
        (await client.GetByteArrayAsync("/preview/anna")).Length.ShouldBeGreaterThan(44);
        s3.Keys.Select(key => key.Split('/')[0]).Distinct().ShouldBe(Folders, ignoreOrder: true);
        foreach (var folder in Folders) Directory.Exists(data.File(folder)).ShouldBeFalse(folder);
        s3.WrongSignatures.ShouldBeEmpty();
    }

    private static async Task<byte[]> Result(HttpClient client, string job)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var answer = await client.GetAsync($"/jobs/{job}/result", limit.Token);
            if ((int)answer.StatusCode != 425) return await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(limit.Token);
            await Task.Delay(50, limit.Token);
        }
    }

    private static Task<ServerProcess> Start(S3StandIn s3, string data)
    {
        var command = ServerProcess.Command(data);
        (string, string)[] variables =
        [
            ("DIA_BLOBS", "s3"),
            ("DIA_S3_ENDPOINT", s3.Address),
            ("DIA_S3_BUCKET", S3StandIn.Bucket),
            ("DIA_S3_REGION", S3StandIn.Region),
            ("AWS_ACCESS_KEY_ID", S3StandIn.Key),
            ("AWS_SECRET_ACCESS_KEY", S3StandIn.Secret),
            ("DIA_SAVE_OUTPUTS", "on"),
        ];
        foreach (var (name, value) in variables) command.Environment[name] = value;
        return ServerProcess.Follow(System.Diagnostics.Process.Start(command)!, new SocketsHttpHandler());
    }
}
