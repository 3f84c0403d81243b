using System.Runtime.InteropServices;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.ChildProcesses;

namespace DiaOrleans.Server.Recognition.ChildProcess;

/// <summary>An answer of the process that recognises speech: the first one when its model is loaded, then one a recording.</summary>
/// <param name="Problem">What failed, or null.</param>
/// <param name="Speech">The words of the recording; null in the first answer and if something failed.</param>
internal sealed record WorkerAnswer(string? Problem, RecognizedSpeech? Speech);

/// <summary>
/// The protocol between the server and the process that recognises speech. To the process: a count (int32) and that many float32 samples.
/// From it: a length in bytes (int32) and a <see cref="WorkerAnswer"/> as JSON. Numbers are in the machine's byte order.
/// </summary>
internal static class WorkerProtocol
{
    /// <summary>Name of the hidden command that the process runs.</summary>
    public const string Command = "whisper-worker";

    /// <summary>An hour at 16 kHz.</summary>
    private const int MaxSamples = 16_000 * 3600;

    private const int MaxAnswerBytes = 1 << 26;

    /// <summary>Sends a recording to the process.</summary>
    public static async Task WriteSamples(Stream to, ReadOnlyMemory<float> samples, CancellationToken cancellation)
    {
        var frame = new byte[sizeof(int) + samples.Length * sizeof(float)];
        MemoryMarshal.Write(frame, samples.Length);
        MemoryMarshal.AsBytes(samples.Span).CopyTo(frame.AsSpan(sizeof(int)));
        await to.WriteAsync(frame, cancellation);
        await to.FlushAsync(cancellation);
    }

    /// <summary>Reads the next recording; null at the end of the stream.</summary>
    /// <exception cref="IOException">The stream ends within a recording, or the count is out of range.</exception>
    public static float[]? ReadSamples(Stream from)
    {
        Span<byte> head = stackalloc byte[sizeof(int)];
        if (from.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length) return null;
        var samples = new float[ReadCount(head, MaxSamples)];
        from.ReadExactly(MemoryMarshal.AsBytes(samples.AsSpan()));
        return samples;
    }

    /// <summary>Sends an answer to the server.</summary>
    public static void WriteAnswer(Stream to, WorkerAnswer answer)
    {
        JsonFrame.Write(to, answer);
        to.Flush();
    }

    /// <summary>Reads the next answer.</summary>
    /// <exception cref="IOException">The stream ends, the length is out of range, or it is not an answer.</exception>
    public static Task<WorkerAnswer> ReadAnswer(Stream from, CancellationToken cancellation) =>
        JsonFrame.Read<WorkerAnswer>(from, MaxAnswerBytes, cancellation);

    private static int ReadCount(ReadOnlySpan<byte> head, int max)
    {
        var count = MemoryMarshal.Read<int>(head);
        return count >= 0 && count <= max ? count : throw new IOException($"A frame of {count} is out of range.");
    }
}
