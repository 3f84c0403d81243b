using System.Buffers.Binary;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Audio.Wave;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Reads what <see cref="WaveFile"/> writes, in one or two channels.</summary>
internal sealed class WaveReader : IRecordingReader
{
    private int _reads;

    public int Reads => _reads;

    public Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        var bytes = file.Span;
        if (bytes.Length < WaveFile.HeaderSize || !bytes.StartsWith("RIFF"u8)) throw new RecordingException(RecordingProblem.Unreadable, "It is no WAV file.");
        var (channels, rate) = (BinaryPrimitives.ReadUInt16LittleEndian(bytes[22..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]));
        var samples = new float[(bytes.Length - WaveFile.HeaderSize) / (2 * channels)];
        if (samples.Length == 0) throw new RecordingException(RecordingProblem.Empty, "It is empty.");
        if (samples.Length > limits.MaxSeconds * rate) throw new RecordingException(RecordingProblem.TooLong, "It is too long.");
        for (var i = 0; i < samples.Length * channels; i++)
            samples[i / channels] += BinaryPrimitives.ReadInt16LittleEndian(bytes[(WaveFile.HeaderSize + 2 * i)..]) / 32767f / channels;
        return new Recording(samples, rate, channels);
    }

    /// <summary>A tone in a file.</summary>
    public static byte[] Tone(double seconds, int rate = 8000, float level = 0.5f, double hertz = 220) =>
        WaveFile.Encode([.. Enumerable.Range(0, (int)(seconds * rate)).Select(i => level * (float)Math.Sin(i * hertz * 2 * Math.PI / rate))], rate);
}
