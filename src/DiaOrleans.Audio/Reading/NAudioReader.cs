using NAudio.Wave;

namespace DiaOrleans.Audio.Reading;

/// <summary>
/// Reads WAV by NAudio without a native library, for machines that lack libsndfile. On Windows it also reads MP3, M4A, AAC, WMA and FLAC by
/// Media Foundation, which is part of the system.
/// </summary>
public sealed class NAudioReader : IRecordingReader
{
    private const int BlockSamples = 32_768;

    /// <inheritdoc/>
    public Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var whole = WaveRepair.Apply(file).ToArray();
        try
        {
            return MonoDecoding.Read(channel => Decode(whole, limits, channel, cancellationToken));
        }
        // NAudio defines no exception type: its parsers and Media Foundation throw many kinds.
        catch (Exception e) when (e is not (RecordingException or OperationCanceledException or OutOfMemoryException))
        {
            throw new RecordingException(RecordingProblem.Unreadable, "NAudio cannot read it.", e);
        }
    }

    private static WaveStream Open(Stream stream, ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("RIFF"u8)) return new WaveFileReader(stream);
        if (OperatingSystem.IsWindows()) return new StreamMediaFoundationReader(stream, new() { RequestFloatOutput = true });
        throw new RecordingException(RecordingProblem.Unreadable, "NAudio reads only wav files on this system.");
    }

    private static RecordingBuilder Decode(byte[] file, ReadLimits limits, int? channel, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(file, writable: false);
        using var source = Open(stream, file);
        var samples = source.ToSampleProvider();
        var channels = samples.WaveFormat.Channels;
        var recording = new RecordingBuilder(samples.WaveFormat.SampleRate, channels, limits, channel);
        var block = new float[BlockSamples - BlockSamples % channels];
        while (samples.Read(block) is > 0 and var read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            recording.Append(block.AsSpan(0, read));
        }

        return recording;
    }
}
