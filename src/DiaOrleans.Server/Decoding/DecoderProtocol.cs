using System.Runtime.InteropServices;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Server.ChildProcesses;

namespace DiaOrleans.Server.Decoding;

/// <summary>A file to decode.</summary>
/// <param name="File">Its bytes.</param>
/// <param name="Limits">Limits on what is decoded.</param>
internal sealed record DecoderRequest(byte[] File, ReadLimits Limits);

/// <summary>The beginning of an answer of the process that decodes: what failed, or the facts of the samples that follow.</summary>
/// <param name="Problem">What failed, or null.</param>
/// <param name="Message">A sentence about it, or null.</param>
/// <param name="SampleRate">Hz.</param>
/// <param name="Channels">Channels of the file.</param>
/// <param name="Count">Samples that follow.</param>
internal sealed record DecoderAnswer(RecordingProblem? Problem, string? Message, int SampleRate, int Channels, int Count);

/// <summary>
/// The protocol between the server and a process that decodes. To the process: the longest duration (float64, seconds), a length (int32)
/// and that many bytes of a file. From it: a length (int32), a <see cref="DecoderAnswer"/> as JSON, and the samples (float32). Numbers are
/// in the machine's byte order.
/// </summary>
internal static class DecoderProtocol
{
    /// <summary>Name of the hidden command that the process runs.</summary>
    public const string Command = "decoder-worker";

    private const int HeadBytes = sizeof(double) + sizeof(int);
    private const int MaxAnswerBytes = 1 << 16;
    private const int MaxSampleRate = 768_000;

    /// <summary>Sends a file to the process.</summary>
    public static async Task WriteFile(Stream to, ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken stop)
    {
        var head = new byte[HeadBytes];
        MemoryMarshal.Write(head, limits.MaxSeconds);
        MemoryMarshal.Write(head.AsSpan(sizeof(double)), file.Length);
        await to.WriteAsync(head, stop);
        await to.WriteAsync(file, stop);
        await to.FlushAsync(stop);
    }

    /// <summary>Reads the next file and its limits; null at the end of the stream.</summary>
    /// <exception cref="IOException">The stream ends within a file.</exception>
    public static DecoderRequest? ReadFile(Stream from)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        if (from.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length) return null;
        var file = new byte[MemoryMarshal.Read<int>(head[sizeof(double)..])];
        from.ReadExactly(file);
        return new DecoderRequest(file, new ReadLimits(MemoryMarshal.Read<double>(head)));
    }

    /// <summary>Sends an answer to the server.</summary>
    public static void WriteAnswer(Stream to, DecoderAnswer answer, ReadOnlySpan<float> samples)
    {
        JsonFrame.Write(to, answer);
        to.Write(MemoryMarshal.AsBytes(samples));
        to.Flush();
    }

    /// <summary>Reads the next answer. The process may have been taken over by a file: every number is checked.</summary>
    /// <param name="from">The output of the process.</param>
    /// <param name="limits">The limits of the file that was sent.</param>
    /// <param name="stop">Stops reading.</param>
    /// <exception cref="IOException">The stream ends, or it is not an answer.</exception>
    /// <exception cref="RecordingException">The file cannot be read.</exception>
    public static async Task<Recording> ReadAnswer(Stream from, ReadLimits limits, CancellationToken stop)
    {
        var answer = await JsonFrame.Read<DecoderAnswer>(from, MaxAnswerBytes, stop);
        if (answer.Problem is { } problem) throw new RecordingException(problem, answer.Message ?? "It cannot be read.");
        var isPossible = answer.SampleRate is > 0 and <= MaxSampleRate && answer.Channels > 0 && answer.Count > 0
            && answer.Count <= Math.Ceiling(limits.MaxSeconds * answer.SampleRate) && answer.Count <= Array.MaxLength / sizeof(float);
        if (!isPossible) throw new IOException("An answer has impossible numbers.");
        var samples = new float[answer.Count];
        await ReadSamples(from, samples, stop);
        return new Recording(samples, answer.SampleRate, answer.Channels);
    }

    private static async Task ReadSamples(Stream from, float[] samples, CancellationToken stop)
    {
        const int Block = 16_384;
        var bytes = new byte[Block * sizeof(float)];
        for (var at = 0; at < samples.Length; at += Block)
        {
            var count = Math.Min(Block, samples.Length - at);
            var part = bytes.AsMemory(0, count * sizeof(float));
            await from.ReadExactlyAsync(part, stop);
            MemoryMarshal.Cast<byte, float>(part.Span).CopyTo(samples.AsSpan(at));
        }
    }
}
