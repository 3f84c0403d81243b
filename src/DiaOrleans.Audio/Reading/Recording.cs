namespace DiaOrleans.Audio.Reading;

/// <summary>A decoded recording.</summary>
/// <param name="Samples">Mono, -1 to 1: the average of the channels, or the loudest if they nearly cancel each other.</param>
/// <param name="SampleRate">Hz, as in the file.</param>
/// <param name="Channels">Channels in the file.</param>
public sealed record Recording(float[] Samples, int SampleRate, int Channels)
{
    /// <summary>Length in time.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples.Length / SampleRate);
}

/// <summary>Limits on what is decoded.</summary>
/// <param name="MaxSeconds">Longest recording; a longer one fails with <see cref="RecordingProblem.TooLong"/>.</param>
public sealed record ReadLimits(double MaxSeconds);
