namespace DiaOrleans.Audio.Reading;

/// <summary>What every reader does with the samples it decodes: mixes them to mono and stops at the limit. Not thread-safe.</summary>
public sealed class RecordingBuilder
{
    private const int MaxChannels = 64;
    private const int MinSampleRate = 1000;
    private const int MaxSampleRate = 768_000;
    private const int FirstCapacity = 65_536;

    private readonly int _sampleRate;
    private readonly int _channels;
    private readonly ReadLimits _limits;
    private readonly int _maxSamples;
    private float[] _samples;
    private int _count;

    /// <param name="sampleRate">Hz, as the file says.</param>
    /// <param name="channels">Channels, as the file says.</param>
    /// <param name="limits">Ends the recording.</param>
    /// <exception cref="RecordingException">The rate or the number of channels is none of sound.</exception>
    public RecordingBuilder(int sampleRate, int channels, ReadLimits limits)
    {
        if (channels is < 1 or > MaxChannels) throw new RecordingException(RecordingProblem.Unreadable, $"It has {channels} channels.");
        if (sampleRate is < MinSampleRate or > MaxSampleRate) throw new RecordingException(RecordingProblem.Unreadable, $"Its sample rate is {sampleRate} Hz.");
        (_sampleRate, _channels, _limits) = (sampleRate, channels, limits);
        _maxSamples = (int)Math.Clamp(limits.MaxSeconds * sampleRate, 0, Array.MaxLength);
        _samples = new float[Math.Min(FirstCapacity, _maxSamples)];
    }

    /// <summary>Refuses a recording whose header already says that it is too long. A header that does not know says <see cref="long.MaxValue"/>.</summary>
    /// <param name="frames">Samples per channel.</param>
    /// <exception cref="RecordingException">It is too long.</exception>
    public void Announce(long frames)
    {
        if (frames > _maxSamples && frames != long.MaxValue) throw TooLong();
    }

    /// <summary>Takes samples: one of each channel, then the next of each. What is not a number or not finite becomes silence.</summary>
    /// <param name="interleaved">Whole frames only.</param>
    /// <exception cref="RecordingException">It is too long.</exception>
    public void Append(ReadOnlySpan<float> interleaved)
    {
        var frames = interleaved.Length / _channels;
        if (frames > _maxSamples - _count) throw TooLong();
        if (_samples.Length - _count < frames)
        {
            Array.Resize(ref _samples, (int)Math.Min(Math.Max(2L * _samples.Length, (long)_count + frames), _maxSamples));
        }

        Mix(interleaved, _samples.AsSpan(_count, frames));
        _count += frames;
    }

    /// <summary>The whole recording.</summary>
    /// <exception cref="RecordingException">There was no sample.</exception>
    public Recording Build()
    {
        if (_count == 0) throw new RecordingException(RecordingProblem.Empty, "It holds no samples.");
        return new Recording(_count == _samples.Length ? _samples : _samples[.._count], _sampleRate, _channels);
    }

    private void Mix(ReadOnlySpan<float> interleaved, Span<float> mono)
    {
        for (var frame = 0; frame < mono.Length; frame++)
        {
            var sum = 0.0;
            foreach (var sample in interleaved.Slice(frame * _channels, _channels))
            {
                if (float.IsFinite(sample)) sum += sample;
            }

            mono[frame] = (float)(sum / _channels);
        }
    }

    private RecordingException TooLong() =>
        new(RecordingProblem.TooLong, FormattableString.Invariant($"It is longer than {_limits.MaxSeconds:0.###} seconds."));
}
