namespace DiaOrleans.Audio.Reading;

/// <summary>Decodes audio files of people. Blocks while it decodes: call it outside a grain turn.</summary>
public interface IRecordingReader
{
    /// <summary>Decodes a whole file: channels averaged to mono, the rate left as it is.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="limits">Checked before and while decoding: a small file may hold hours.</param>
    /// <param name="cancellationToken">Stops the decoding.</param>
    /// <exception cref="RecordingException">It cannot be read; the message is a short sentence for whoever sent it.</exception>
    Recording Read(ReadOnlyMemory<byte> file, ReadLimits limits, CancellationToken cancellationToken = default);
}

/// <summary>A decoded recording.</summary>
/// <param name="Samples">Mono, -1 to 1.</param>
/// <param name="SampleRate">Hz, as in the file.</param>
/// <param name="Channels">Channels in the file.</param>
public sealed record Recording(float[] Samples, int SampleRate, int Channels)
{
    /// <summary>Length in time.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples.Length / SampleRate);
}

/// <summary>How much is decoded at the most.</summary>
/// <param name="MaxSeconds">Decoding ends with <see cref="RecordingProblem.TooLong"/> beyond it.</param>
public sealed record ReadLimits(double MaxSeconds);

/// <summary>Why a recording cannot be used.</summary>
public enum RecordingProblem
{
    /// <summary>No decoder at hand understands it.</summary>
    Unreadable,

    /// <summary>It holds no samples.</summary>
    Empty,

    /// <summary>It is longer than the limit.</summary>
    TooLong,
}

/// <summary>A recording cannot be used; the message is a short sentence for whoever sent it.</summary>
public sealed class RecordingException(RecordingProblem problem, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Why.</summary>
    public RecordingProblem Problem => problem;
}
