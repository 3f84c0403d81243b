using System.Buffers;
using DiaOrleans.Audio.Memory;

namespace DiaOrleans.Grains.Rendering;

/// <summary>
/// Joins segments without clicks: 0.15 s of silence between them, and edges that fade over 5 ms. The start of the first segment and the
/// end of the last one are not changed.
/// </summary>
/// <param name="sampleRate">Hz.</param>
internal sealed class SegmentJoiner(int sampleRate) : IDisposable
{
    private const double PauseSeconds = 0.15;
    private const double FadeSeconds = 0.005;

    private readonly int _fade = Math.Max(1, (int)(FadeSeconds * sampleRate));
    private readonly PooledWriter<float> _held = new();
    private int _segment;
    private int _written;
    private bool _last;

    /// <summary>Begins a segment; the one before it has ended.</summary>
    /// <param name="last">It is the last one.</param>
    /// <param name="pause">Silence before it; zero for the usual one.</param>
    /// <param name="output">Receives the silence.</param>
    public void Begin(bool last, TimeSpan pause, IBufferWriter<float> output)
    {
        if (pause > TimeSpan.Zero) WriteSilence(pause.TotalSeconds, output);
        else if (_segment > 0) WriteSilence(PauseSeconds, output);
        _segment++;
        _written = 0;
        _last = last;
    }

    /// <summary>Takes samples of the segment, and holds back those that may have to fade.</summary>
    public void Write(ReadOnlySpan<float> samples, IBufferWriter<float> output)
    {
        var start = _held.Written.Length;
        _held.Write(samples);
        if (_segment > 1) FadeIn(start);
        _written += samples.Length;
        Emit(_last ? _held.Written.Length : Math.Max(0, _held.Written.Length - _fade), output);
    }

    /// <summary>Ends the segment.</summary>
    /// <param name="pause">Silence behind it.</param>
    /// <param name="output">Receives the rest of the segment and the silence.</param>
    public void End(TimeSpan pause, IBufferWriter<float> output)
    {
        var rest = _held.Written;
        for (var i = 0; i < rest.Length; i++) rest[i] *= (float)(rest.Length - i) / (rest.Length + 1);
        Emit(rest.Length, output);
        WriteSilence(pause.TotalSeconds, output);
    }

    public void Dispose() => _held.Dispose();

    private void WriteSilence(double seconds, IBufferWriter<float> output)
    {
        var samples = (int)Math.Round(seconds * sampleRate);
        if (samples == 0) return;
        output.GetSpan(samples)[..samples].Clear();
        output.Advance(samples);
    }

    private void FadeIn(int start)
    {
        var fresh = _held.Written[start..];
        for (var i = 0; i < fresh.Length && _written + i < _fade; i++) fresh[i] *= (float)(_written + i + 1) / (_fade + 1);
    }

    private void Emit(int count, IBufferWriter<float> output)
    {
        if (count == 0) return;
        output.Write(_held.Written[..count]);
        _held.Remove(count);
    }
}
