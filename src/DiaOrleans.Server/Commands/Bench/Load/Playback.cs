namespace DiaOrleans.Server.Commands.Bench.Load;

/// <summary>
/// A player that starts at the first byte of audio and plays at its speed: it stands still whenever it has played all that has come.
/// </summary>
internal sealed class Playback
{
    private readonly List<(double Time, long Bytes)> _arrivals = [];

    /// <summary>Bytes so far.</summary>
    public long Bytes => _arrivals.Count == 0 ? 0 : _arrivals[^1].Bytes;

    /// <summary>Seconds of the first arrival; null before it.</summary>
    public double? Begin => _arrivals.Count == 0 ? null : _arrivals[0].Time;

    /// <summary>More bytes have come.</summary>
    /// <param name="time">Seconds, not before the last one.</param>
    /// <param name="bytes">How many more.</param>
    public void Add(double time, int bytes) => _arrivals.Add((time, Bytes + bytes));

    /// <summary>How often and for how long it stands still; the audio is spread evenly over the bytes.</summary>
    /// <param name="audio">Seconds of audio of all bytes.</param>
    public (int Underruns, double Silence) Measure(double audio)
    {
        var underruns = 0;
        var silence = 0.0;
        for (var i = 1; i < _arrivals.Count; i++)
        {
            var playedUntil = _arrivals[0].Time + silence + audio * _arrivals[i - 1].Bytes / Bytes;
            var late = _arrivals[i].Time - playedUntil;
            if (late <= 0) continue;
            underruns++;
            silence += late;
        }

        return (underruns, silence);
    }
}
