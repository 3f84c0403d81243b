using System.Text.Json;

namespace DiaOrleans.Cluster.Tests.Silos;

/// <summary>Requests that tests send to a silo.</summary>
internal static class Requests
{
    private const string Hat = "[S1] Where is my hat?";

    public static async Task MakeVoice(SiloProcess silo, string id) =>
        await silo.Client.Accepted(HttpMethod.Post, "/voice_mappings", JsonSerializer.Serialize(new { voice_id = id }));

    public static Task<HttpResponseMessage> Speak(SiloProcess silo) => Speak(silo.Client);

    public static Task<HttpResponseMessage> Speak(HttpClient client) => client.PostJson("/generate", Body());

    public static async Task<string> Submit(SiloProcess silo)
    {
        var answer = await silo.Client.Accepted(HttpMethod.Post, "/generate?async_mode=true", Body());
        return answer.GetProperty("job_id").GetString()!;
    }

    private static string Body() => JsonSerializer.Serialize(new { text = Hat, voice_id = "anna", seed = 42 });

    public static async Task<string?[]> ListJobs(SiloProcess silo, string query = "")
    {
        using var jobs = JsonDocument.Parse(await silo.Client.GetStringAsync($"/jobs{query}"));
        return [.. jobs.RootElement.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString())];
    }

    public static async Task<string?> StatusOf(SiloProcess silo, string job)
    {
        using var answer = JsonDocument.Parse(await silo.Client.GetStringAsync($"/jobs/{job}"));
        return answer.RootElement.GetProperty("status").GetString();
    }
}
