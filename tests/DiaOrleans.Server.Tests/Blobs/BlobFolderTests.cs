using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Blobs;

public sealed class BlobFolderTests
{
    [Fact]
    public async Task Recordings_results_outputs_and_previews_are_in_the_folder_of_the_blobs()
    {
        using var blobs = new TemporaryFolder();
        var options = new ServerOptions { BlobFolder = Path.Combine(blobs.Path, "shared"), SaveOutputs = true };
        await using var server = await RunningServer.Start(options);
        var client = server.Client;
        (await client.PostAsync("/audio_prompts/upload", PromptServer.Form("me", PromptServer.Tone(1)))).EnsureSuccessStatusCode();
        await client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna"}""");
        var job = (await client.Accepted(HttpMethod.Post, "/generate?async_mode=true", """{"text":"Hi.","voice_id":"anna","seed":1}"""))
            .GetProperty("job_id").GetString()!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while ((int)(await client.GetAsync($"/jobs/{job}/result", limit.Token)).StatusCode == 425) await Task.Delay(50, limit.Token);
        (await client.GetByteArrayAsync("/preview/anna")).Length.ShouldBeGreaterThan(44);
        foreach (var folder in (string[])["audio_prompts", "job_results", "audio_outputs", "previews"])
        {
            Directory.GetFiles(Path.Combine(blobs.Path, "shared", folder)).ShouldNotBeEmpty(folder);
            Directory.Exists(Path.Combine(server.Folder, folder)).ShouldBeFalse(folder);
        }
    }
}
