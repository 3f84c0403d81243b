namespace DiaOrleans.Audio.Reading;

/// <summary>Collects the samples that a reader decodes, in mono, and ends at the limit. Not thread-safe.</summary>
internal sealed class RecordingBuilder
{
    private const int MaxChannels = 64;
    private const int MinSampleRate = 1000;
    private const int MaxSampleRate = 768_000;
    private const int InitialCapacity = 65_536;

    private readonly int _sampleRate;
    private readonly int _channels;
    private readonly ReadLimits _limits;
    private readonly int _maxSamples;
    private readonly int? _channel;
    private readonly ChannelLevels _levels;
    private float[] _samples;
    private int _count;

    /// <summary>Starts a recording without samples.</summary>
    /// <param name="sampleRate">Hz, from the file.</param>
    /// <param name="channels">Channels, from the file.</param>
    /// <param name="limits">Longest recording.</param>
    /// <param name="channel">The channel to keep, from 0; null averages all.</param>
    /// <exception cref="RecordingException">The rate is not 1 to 768 kHz, or there are not 1 to 64 channels.</exception>
    public RecordingBuilder(int sampleRate, int channels, ReadLimits limits, int? channel = null)
    {
        if (channels is < 1 or > MaxChannels) throw Unreadable($"It has {channels} channels.");
        if (sampleRate is < MinSampleRate or > MaxSampleRate) throw Unreadable($"Its sample rate is {sampleRate} Hz.");
        _sampleRate = sampleRate;
        _channels = channels;
        _channel = channel;
        _levels = new ChannelLevels(channels);
        _limits = limits;
        _maxSamples = (int)Math.Clamp(limits.MaxSeconds * sampleRate, 0, Array.MaxLength);
        _samples = new float[Math.Min(InitialCapacity, _maxSamples)];
    }

    /// <summary>The loudest channel, from 0, if the channels were averaged and nearly cancel each other; else null.</summary>
    public int? LoudestIfCancelled => _channel is null ? _levels.FindLoudestIfCancelled() : null;

    /// <summary>Appends samples. Those that are NaN or infinite count as 0.</summary>
    /// <param name="interleaved">Whole frames: one sample of each channel, then the next of each.</param>
    /// <exception cref="RecordingException">The recording is longer than the limit.</exception>
    public void Append(ReadOnlySpan<float> interleaved)
    {
        var frames = interleaved.Length / _channels;
        if (frames > _maxSamples - _count) throw TooLong();
        if (_samples.Length - _count < frames)
        {
            var capacity = Math.Max(2L * _samples.Length, (long)_count + frames);
            Array.Resize(ref _samples, (int)Math.Min(capacity, _maxSamples));
        }

        Mix(interleaved, _samples.AsSpan(_count, frames));
        _count += frames;
    }

    /// <summary>Returns the whole recording.</summary>
    /// <exception cref="RecordingException">It has no samples.</exception>
    public Recording Build()
    {
        if (_count == 0) throw new RecordingException(RecordingProblem.Empty, "It holds no samples.");
        return new Recording(_count == _samples.Length ? _samples : _samples[.._count], _sampleRate, _channels);
    }

    private void Mix(ReadOnlySpan<float> interleaved, Span<float> mono)
    {
        for (var frame = 0; frame < mono.Length; frame++)
        {
            var samples = interleaved.Slice(frame * _channels, _channels);
            mono[frame] = _channel is { } only ? Finite(samples[only]) : _levels.Average(samples);
        }
    }

    private static float Finite(float sample) => float.IsFinite(sample) ? sample : 0;

    private static RecordingException Unreadable(string message) => new(RecordingProblem.Unreadable, message);

    private RecordingException TooLong() =>
        new(RecordingProblem.TooLong, FormattableString.Invariant($"It is longer than {_limits.MaxSeconds:0.###} seconds."));
}
