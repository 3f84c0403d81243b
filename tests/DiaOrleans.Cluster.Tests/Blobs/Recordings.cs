using System.Text.Json;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Cluster.Tests.Silos;

namespace DiaOrleans.Cluster.Tests.Blobs;

/// <summary>Recordings and speech in a cluster.</summary>
internal static class Recordings
{
    private const int Rate = 16000;

    /// <summary>A tone of 2 s as a WAV file.</summary>
    public static byte[] Tone(double hertz) =>
        WaveFile.Encode([.. Enumerable.Range(0, 2 * Rate).Select(i => (float)(0.5 * Math.Sin(2 * Math.PI * hertz * i / Rate)))], Rate);

    public static async Task<HttpResponseMessage> Upload(SiloProcess silo, string id, byte[] file)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(id), "prompt_id" },
            { new ByteArrayContent(file), "audio_file", "a.wav" },
        };
        return await silo.Client.PostAsync("/audio_prompts/upload", form);
    }

    /// <summary>Makes a voice with a recording and its transcript.</summary>
    public static async Task MakeVoice(SiloProcess silo, string id, string? prompt = null) => await silo.Client.Accepted(
        HttpMethod.Post,
        "/voice_mappings",
        JsonSerializer.Serialize(new { voice_id = id, audio_prompt = prompt, audio_prompt_transcript = prompt is null ? null : "Hm hm." }));

    public static Task<HttpResponseMessage> Speak(SiloProcess silo, string voice) => silo.Client.PostJson("/generate", Body(voice));

    /// <summary>Submits a job and waits for its end.</summary>
    /// <returns>Its id and its status.</returns>
    public static async Task<(string Id, JsonElement Job)> RunJob(SiloProcess silo, string voice)
    {
        var submitted = await silo.Client.Accepted(HttpMethod.Post, "/generate?async_mode=true", Body(voice));
        var id = submitted.GetProperty("job_id").GetString()!;
        JsonElement job = default;
        await Until.Succeeds(async () =>
        {
            job = await silo.Client.Accepted(HttpMethod.Get, $"/jobs/{id}", "");
            job.GetProperty("status").GetString().ShouldBeOneOf("completed", "failed");
        });
        return (id, job);
    }

    private static string Body(string voice) =>
        JsonSerializer.Serialize(new { text = "[S1] Where is my hat?", voice_id = voice, seed = 42 });
}
