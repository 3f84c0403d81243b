using System.Text.Json;
using DiaOrleans.Server.Tests.Api;
using Microsoft.Data.Sqlite;

namespace DiaOrleans.Server.Tests.Jobs;

/// <summary>A job of several segments whose server is killed, with the shipped model and its database.</summary>
public sealed class JobResumeTests : IDisposable
{
    private static readonly string Text = string.Join(
        ' ',
        Enumerable.Repeat("The lamp is still on, and nobody knows who left it. Please close the door before it rains.", 12));

    private readonly string _data = Directory.CreateTempSubdirectory("dia-resume-test-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task A_job_whose_server_is_killed_goes_on_behind_its_stored_segments_with_the_same_bytes()
    {
        byte[] undisturbed;
        string id;
        using (var server = await ServerProcess.Start(_data))
        {
            (await server.Client.PostJson("/voice_mappings", """{"voice_id":"anna"}""")).EnsureSuccessStatusCode();
            undisturbed = await Result(server.Client, await Submit(server.Client));
            CountSegments().ShouldBe(0);
            id = await Submit(server.Client);
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            while (CountSegments() < 2) await Task.Delay(20, limit.Token);
            server.Process.Kill();
            await server.Process.WaitForExitAsync(limit.Token);
        }

        CountSegments().ShouldBeGreaterThanOrEqualTo(2, "the job ended before the server was killed");
        using (var server = await ServerProcess.Start(_data)) (await Result(server.Client, id)).ShouldBe(undisturbed);
        CountSegments().ShouldBe(0);
    }

    private long CountSegments()
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = Path.Combine(_data, "dia.db"), Mode = SqliteOpenMode.ReadOnly };
        using var database = new SqliteConnection(connection.ToString());
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM OrleansStorage WHERE GrainTypeString = 'job-segment' AND PayloadBinary IS NOT NULL";
        return (long)command.ExecuteScalar()!;
    }

    private static async Task<string> Submit(HttpClient client)
    {
        var body = JsonSerializer.Serialize(new { text = Text, voice_id = "anna", seed = 3, speed = 1.3, response_format = "mp3" });
        var answer = await client.PostJson("/generate?async_mode=true", body);
        return (await answer.EnsureSuccessStatusCode().Json()).GetProperty("job_id").GetString()!;
    }

    private static async Task<byte[]> Result(HttpClient client, string id)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        JsonElement job;
        do
        {
            await Task.Delay(50, limit.Token);
            job = await (await client.GetAsync($"/jobs/{id}", limit.Token)).Json();
        }
        while (job.GetProperty("completed_at").ValueKind == JsonValueKind.Null);
        job.GetProperty("status").GetString().ShouldBe("completed", job.ToString());
        return await client.GetByteArrayAsync($"/jobs/{id}/result", limit.Token);
    }
}
