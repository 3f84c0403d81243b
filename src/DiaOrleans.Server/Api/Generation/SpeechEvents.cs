using System.Text;
using System.Text.Json;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Server.Api.Validation;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>OpenAI's server-sent events of speech.</summary>
internal static class SpeechEvents
{
    public static Task Delta(HttpResponse response, byte[] audio) => Send(response, new { type = "speech.audio.delta", audio = Convert.ToBase64String(audio) });

    public static Task Done(HttpResponse response, SpeechSnapshot ended) => Send(response, new
    {
        type = "speech.audio.done",
        usage = new { input_tokens = ended.InputTokens, output_tokens = ended.OutputTokens, total_tokens = ended.InputTokens + ended.OutputTokens },
    });

    public static Task Error(HttpResponse response, string message) => Send(response, new
    {
        type = "error",
        error = new { message = $"Audio generation failed: {message}", type = "server_error", param = (string?)null, code = (string?)null },
    });

    private static async Task Send(HttpResponse response, object data)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes($"data: {JsonSerializer.Serialize(data, Plain.Json)}\n\n"), response.HttpContext.RequestAborted);
        await response.Body.FlushAsync(response.HttpContext.RequestAborted);
    }
}
