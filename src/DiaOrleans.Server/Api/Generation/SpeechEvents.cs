using System.Text;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>Writes the server-sent events of OpenAI's speech route; docs/api.md, OpenAI's speech route.</summary>
internal static class SpeechEvents
{
    public static Task SendDelta(HttpResponse response, ReadOnlyMemory<byte> audio) =>
        Send(response, new { type = "speech.audio.delta", audio = Convert.ToBase64String(audio.Span) });

    public static Task SendDone(HttpResponse response, SpeechSnapshot ended) => Send(response, new
    {
        type = "speech.audio.done",
        usage = new
        {
            input_tokens = ended.InputTokens,
            output_tokens = ended.OutputTokens,
            total_tokens = ended.InputTokens + ended.OutputTokens,
        },
    });

    public static Task SendError(HttpResponse response, string message) => Send(response, new
    {
        type = "error",
        error = new { message = $"Audio generation failed: {message}", type = "server_error", param = (string?)null, code = (string?)null },
    });

    private static async Task Send(HttpResponse response, object data)
    {
        var stop = response.HttpContext.RequestAborted;
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes($"data: {ApiJson.Serialize(data)}\n\n"), stop);
        await response.Body.FlushAsync(stop);
    }
}
