using System.Diagnostics;
using System.Runtime.Versioning;
using DiaOrleans.Server.Storage;
using DiaOrleans.Server.Tests.Api;

namespace DiaOrleans.Server.Tests.Storage;

/// <summary>Other users of the machine can read nothing that the server stores, whatever umask it was started with.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class PrivateFilesTests : IDisposable
{
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_that_a_server_stores_is_private_whatever_its_umask()
    {
        var data = _folder.File("data");
        var open = Directory.CreateDirectory(data, (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(open.FullName, (UnixFileMode)0b111_111_111);
        using var server = await Start(data);
        await Use(server.Client);
        var all = Directory.EnumerateFileSystemEntries(data, "*", SearchOption.AllDirectories).Append(data).ToArray();
        var names = all.Select(path => Path.GetRelativePath(data, path)).ToArray();
        foreach (var name in (string[])
            ["dia.db", "dia.db-wal", "audio_prompts/me.wav", "audio_prompts/me.txt", "job_results", "audio_outputs", "previews"])
            names.ShouldContain(name);
        all.Length.ShouldBeGreaterThan(10);
        foreach (var path in all) (File.GetUnixFileMode(path) & Others).ShouldBe(default, path);
    }

    [Fact]
    public void A_database_of_an_earlier_release_becomes_private()
    {
        var file = _folder.File("dia.db");
        SqliteDatabase.Prepare(file);
        const UnixFileMode Shared = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        File.SetUnixFileMode(file, Shared);
        SqliteDatabase.Prepare(file);
        (File.GetUnixFileMode(file) & Others).ShouldBe(default);
    }

    private static Task<ServerProcess> Start(string data)
    {
        var server = ServerProcess.Command(data);
        var start = new ProcessStartInfo("sh", ["-c", "umask 000; exec \"$0\" \"$@\"", server.FileName, .. server.ArgumentList])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return ServerProcess.Follow(Process.Start(start)!, new SocketsHttpHandler());
    }

    /// <summary>Calls that make the server write to every folder.</summary>
    private static async Task Use(HttpClient client)
    {
        await client.Accepted(HttpMethod.Put, "/config", """{"save_outputs":true,"auto_transcribe":false}""");
        await client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna"}""");
        var upload = await client.PostAsync("/audio_prompts/upload", PromptServer.Form("me", PromptServer.Tone(20)));
        upload.EnsureSuccessStatusCode();
        await client.Accepted(HttpMethod.Put, "/audio_prompts/me/transcript", """{"transcript":"[S1] A tone."}""");
        (await client.PostJson("/generate", """{"text":"Hi.","voice_id":"anna"}""")).EnsureSuccessStatusCode();
        (await client.GetAsync("/preview/anna")).EnsureSuccessStatusCode();
        var job = await client.PostJson("/generate?async_mode=true", """{"text":"Hi.","voice_id":"anna"}""");
        var id = (await job.Json()).GetProperty("job_id").GetString();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((int)(await client.GetAsync($"/jobs/{id}/result", limit.Token)).StatusCode != 200) await Task.Delay(50, limit.Token);
    }
}
