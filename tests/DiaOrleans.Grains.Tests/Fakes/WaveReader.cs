using System.Buffers.Binary;
using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Reading;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Reads WAV files as <see cref="WaveFile"/> writes them, with one or two channels.</summary>
internal sealed class WaveReader : IRecordingReader
{
    private int _reads;

    public int Reads => _reads;

    public Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        var bytes = file.Span;
        var isWave = bytes.Length >= WaveFile.HeaderSize && bytes.StartsWith("RIFF"u8);
        if (!isWave) throw new RecordingException(RecordingProblem.Unreadable, "It is no WAV file.");
        var channels = BinaryPrimitives.ReadUInt16LittleEndian(bytes[22..]);
        var rate = BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]);
        var samples = new float[(bytes.Length - WaveFile.HeaderSize) / (2 * channels)];
        if (samples.Length == 0) throw new RecordingException(RecordingProblem.Empty, "It is empty.");
        if (samples.Length > limits.MaxSeconds * rate) throw new RecordingException(RecordingProblem.TooLong, "It is too long.");
        for (var i = 0; i < samples.Length * channels; i++)
            samples[i / channels] += BinaryPrimitives.ReadInt16LittleEndian(bytes[(WaveFile.HeaderSize + 2 * i)..]) / 32767f / channels;
        return new Recording(samples, rate, channels);
    }

    /// <summary>A WAV file of a sine tone.</summary>
    public static byte[] Tone(double seconds, int rate = 8000, float level = 0.5f, double hertz = 220)
    {
        var samples = Enumerable.Range(0, (int)(seconds * rate)).Select(i => level * (float)Math.Sin(i * hertz * 2 * Math.PI / rate));
        return WaveFile.Encode([.. samples], rate);
    }
}
