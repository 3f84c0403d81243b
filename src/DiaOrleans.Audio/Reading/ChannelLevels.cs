namespace DiaOrleans.Audio.Reading;

/// <summary>
/// Averages the channels of a recording and measures the power of each and of the average, without DC. Channels in opposite phases cancel
/// each other in the average.
/// </summary>
/// <param name="channels">Channels, 1 or more.</param>
internal sealed class ChannelLevels(int channels)
{
    /// <summary>The average nearly cancels if its power is less than this part of the loudest channel's: 20 dB.</summary>
    private const double CancelledPart = 0.01;

    /// <summary>A power below this part of the squares is an error of rounding.</summary>
    private const double RoundingPart = 1e-12;

    private readonly Level[] _levels = new Level[channels];
    private Level _average;
    private long _frames;

    /// <summary>The average of one frame. Samples that are NaN or infinite count as 0.</summary>
    public float Average(ReadOnlySpan<float> frame)
    {
        var sum = 0.0;
        for (var channel = 0; channel < channels; channel++)
        {
            if (!float.IsFinite(frame[channel])) continue;
            sum += frame[channel];
            _levels[channel].Add(frame[channel]);
        }

        var average = sum / channels;
        _average.Add(average);
        _frames++;
        return (float)average;
    }

    /// <summary>The loudest channel, from 0, if the average nearly cancels; else null.</summary>
    public int? FindLoudestIfCancelled()
    {
        var loudest = 0;
        for (var channel = 1; channel < channels; channel++)
        {
            if (Power(_levels[channel]) > Power(_levels[loudest])) loudest = channel;
        }

        return Power(_average) < CancelledPart * Power(_levels[loudest]) ? loudest : null;
    }

    private double Power(Level level)
    {
        var power = level.Squares - level.Sum * level.Sum / _frames;
        return power > RoundingPart * level.Squares ? power : 0;
    }

    private struct Level
    {
        public double Sum { get; private set; }

        public double Squares { get; private set; }

        public void Add(double sample)
        {
            Sum += sample;
            Squares += sample * sample;
        }
    }
}
