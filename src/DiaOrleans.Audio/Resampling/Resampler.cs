using System.Buffers;
using System.Numerics.Tensors;

namespace DiaOrleans.Audio.Resampling;

/// <summary>
/// Changes the sample rate of mono audio by any ratio of two integers. Linear phase, its delay taken out: output sample n stands at input time n · from / to, and n
/// input samples give ceil(n · to / from). Output does not depend on how the input was cut into blocks. Not thread-safe.
/// </summary>
public sealed class Resampler
{
    private const int BlockSamples = 4096;

    private readonly int _up;
    private readonly int _down;
    private readonly PolyphaseFilter? _filter;
    private float[] _buffer;
    private int _count;
    private long _bufferStart;
    private long _received;
    private long _produced;

    /// <param name="fromHz">Rate of the input, Hz.</param>
    /// <param name="toHz">Rate of the output, Hz.</param>
    public Resampler(int fromHz, int toHz)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fromHz, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(toHz, 1);
        var divisor = Gcd(fromHz, toHz);
        (_up, _down) = (toHz / divisor, fromHz / divisor);
        _filter = _up == _down ? null : PolyphaseFilter.For(_up, _down);
        // Silence before the first sample, as far as the filter reaches back.
        _count = _filter is null ? 0 : _filter.Half - 1;
        _bufferStart = -_count;
        _buffer = new float[_count + BlockSamples];
    }

    /// <summary>Converts a whole recording.</summary>
    public static float[] Convert(ReadOnlySpan<float> samples, int fromHz, int toHz)
    {
        if (fromHz == toHz) return samples.ToArray();
        var resampler = new Resampler(fromHz, toHz);
        var output = new ArrayBufferWriter<float>((int)Math.Min(int.MaxValue / 8, (long)samples.Length * toHz / fromHz + 1) + 1);
        resampler.Process(samples, output);
        resampler.Flush(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Takes samples and writes those that are ready.</summary>
    public void Process(ReadOnlySpan<float> samples, IBufferWriter<float> output)
    {
        if (_filter is null)
        {
            output.Write(samples);
            return;
        }

        _received += samples.Length;
        while (!samples.IsEmpty)
        {
            var block = samples[..Math.Min(BlockSamples, samples.Length)];
            Append(block);
            samples = samples[block.Length..];
            Produce(long.MaxValue, output);
        }
    }

    /// <summary>Writes what is left after the last sample.</summary>
    public void Flush(IBufferWriter<float> output)
    {
        if (_filter is null) return;
        var total = (_received * _up + _down - 1) / _down;
        Span<float> silence = stackalloc float[256];
        silence.Clear();
        while (_produced < total)
        {
            Append(silence);
            Produce(total, output);
        }
    }

    private void Append(ReadOnlySpan<float> block)
    {
        if (_count + block.Length + _filter!.Taps > _buffer.Length) Array.Resize(ref _buffer, _count + block.Length + _filter.Taps);
        block.CopyTo(_buffer.AsSpan(_count));
        _count += block.Length;
    }

    private void Produce(long limit, IBufferWriter<float> output)
    {
        var filter = _filter!;
        while (_produced < limit)
        {
            var time = _produced * _down;
            var (centre, remainder) = (time / _up, time % _up);
            var start = (int)(centre - filter.Half + 1 - _bufferStart);
            // One sample more than the filter needs: a blended phase may reach into it.
            if (start + 2 * filter.Half + 1 > _count) break;
            output.GetSpan(1)[0] = Sample(filter, _buffer.AsSpan(start, filter.Taps), remainder);
            output.Advance(1);
            _produced++;
        }

        Forget(filter);
    }

    private float Sample(PolyphaseFilter filter, ReadOnlySpan<float> window, long remainder)
    {
        if (filter.Exact) return TensorPrimitives.Dot(filter[(int)remainder], window);
        var at = (double)remainder * filter.Phases / _up;
        var phase = (int)at;
        var blend = (float)(at - phase);
        return (1 - blend) * TensorPrimitives.Dot(filter[phase], window) + blend * TensorPrimitives.Dot(filter[phase + 1], window);
    }

    private void Forget(PolyphaseFilter filter)
    {
        var next = _produced * _down / _up - filter.Half + 1;
        var spent = (int)Math.Clamp(next - _bufferStart, 0, _count);
        if (spent == 0) return;
        Array.Copy(_buffer, spent, _buffer, 0, _count - spent);
        _count -= spent;
        _bufferStart += spent;
        // Filters are padded to whole vectors: what their padding multiplies must be finite.
        Array.Clear(_buffer, _count, _buffer.Length - _count);
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
