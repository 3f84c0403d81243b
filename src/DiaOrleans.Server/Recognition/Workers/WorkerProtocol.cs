using System.Runtime.InteropServices;
using System.Text.Json;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Server.Recognition.Workers;

/// <summary>What the process that recognises speech answers: first once when its model is loaded, then to each recording.</summary>
/// <param name="Problem">What went wrong, or null.</param>
/// <param name="Speech">What the recording says; null in the first answer and where something went wrong.</param>
internal sealed record WorkerAnswer(string? Problem, RecognizedSpeech? Speech);

/// <summary>
/// The words between the server and the process that recognises speech. To it: a count (int32) and as many float32 samples. From it: a length (int32) and a
/// <see cref="WorkerAnswer"/> as JSON. Numbers are in the machine's own order.
/// </summary>
internal static class WorkerProtocol
{
    /// <summary>The hidden command that runs the process.</summary>
    public const string Command = "whisper-worker";

    private const int MostSamples = 16_000 * 3600;
    private const int LongestAnswer = 1 << 26;

    public static async Task WriteSamples(Stream to, ReadOnlyMemory<float> samples, CancellationToken cancellation)
    {
        var frame = new byte[sizeof(int) + samples.Length * sizeof(float)];
        WriteCount(frame, samples.Length);
        MemoryMarshal.AsBytes(samples.Span).CopyTo(frame.AsSpan(sizeof(int)));
        await to.WriteAsync(frame, cancellation);
        await to.FlushAsync(cancellation);
    }

    /// <summary>The next recording, or null where there is none any more.</summary>
    /// <exception cref="IOException">The stream ends within a recording, or holds something else.</exception>
    public static float[]? ReadSamples(Stream from)
    {
        Span<byte> head = stackalloc byte[sizeof(int)];
        if (from.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length) return null;
        var samples = new float[Counted(head, MostSamples)];
        from.ReadExactly(MemoryMarshal.AsBytes(samples.AsSpan()));
        return samples;
    }

    public static void WriteAnswer(Stream to, WorkerAnswer answer)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(answer);
        var frame = new byte[sizeof(int) + json.Length];
        WriteCount(frame, json.Length);
        json.CopyTo(frame, sizeof(int));
        to.Write(frame);
        to.Flush();
    }

    /// <exception cref="IOException">The stream ends, or holds something else.</exception>
    public static async Task<WorkerAnswer> ReadAnswer(Stream from, CancellationToken cancellation)
    {
        var head = new byte[sizeof(int)];
        await from.ReadExactlyAsync(head, cancellation);
        var json = new byte[Counted(head, LongestAnswer)];
        await from.ReadExactlyAsync(json, cancellation);
        try
        {
            return JsonSerializer.Deserialize<WorkerAnswer>(json) ?? throw new IOException("An answer is empty.");
        }
        catch (JsonException problem)
        {
            throw new IOException("An answer is no JSON.", problem);
        }
    }

    private static void WriteCount(byte[] frame, int count) => MemoryMarshal.Write(frame, count);

    private static int Counted(ReadOnlySpan<byte> head, int most) =>
        MemoryMarshal.Read<int>(head) is var count && count >= 0 && count <= most ? count : throw new IOException($"A frame of {count} is out of range.");
}
