using System.Buffers;

namespace DiaOrleans.Audio.Resampling;

/// <summary>
/// Changes the sample rate of mono audio by any ratio of two integers, with linear phase and without delay: output sample n is at input
/// position n · from / to, and n input samples give ceil(n · to / from) output samples. The output does not depend on how the input was
/// divided into calls. Not thread-safe.
/// </summary>
public sealed class Resampler : IDisposable
{
    private const int BlockSamples = 2048;

    private readonly int _up;
    private readonly int _down;
    private readonly PolyphaseFilter? _filter;
    private float[] _buffer;
    private int _count;
    private long _bufferStart;
    private long _received;
    private long _produced;

    /// <summary>Creates a resampler without input.</summary>
    /// <param name="fromHz">Rate of the input, Hz.</param>
    /// <param name="toHz">Rate of the output, Hz.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is below 1.</exception>
    public Resampler(int fromHz, int toHz)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fromHz, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(toHz, 1);
        var divisor = Gcd(fromHz, toHz);
        _up = toHz / divisor;
        _down = fromHz / divisor;
        _filter = _up == _down ? null : PolyphaseFilter.GetOrCreate(_up, _down);
        // The input starts with as many zeros as the filter uses before its centre.
        _count = _filter is null ? 0 : _filter.Half - 1;
        _bufferStart = -_count;
        _buffer = Rent(_count + BlockSamples);
    }

    /// <summary>Converts a whole recording.</summary>
    /// <param name="samples">Mono, -1 to 1.</param>
    /// <param name="fromHz">Rate of the input, Hz.</param>
    /// <param name="toHz">Rate of the output, Hz.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is below 1.</exception>
    public static float[] Convert(ReadOnlySpan<float> samples, int fromHz, int toHz)
    {
        if (fromHz == toHz) return samples.ToArray();
        using var resampler = new Resampler(fromHz, toHz);
        var length = (long)samples.Length * toHz / fromHz + 1;
        var output = new ArrayBufferWriter<float>((int)Math.Min(int.MaxValue / 8, length) + 1);
        resampler.Process(samples, output);
        resampler.Flush(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Takes input and writes the output that is ready.</summary>
    /// <param name="samples">Mono, -1 to 1.</param>
    /// <param name="output">Receives samples.</param>
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

    /// <summary>Writes the rest of the output. Call it once, after the last input.</summary>
    /// <param name="output">Receives samples.</param>
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

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<float>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Append(ReadOnlySpan<float> block)
    {
        var length = _count + block.Length + _filter!.Taps;
        if (length > _buffer.Length) Grow(length);
        block.CopyTo(_buffer.AsSpan(_count));
        _count += block.Length;
    }

    private void Produce(long limit, IBufferWriter<float> output)
    {
        var filter = _filter!;
        var (centre, remainder) = Math.DivRem(_produced * _down, _up);
        var (step, fraction) = Math.DivRem(_down, _up);
        var start = (int)(centre - filter.Half + 1 - _bufferStart);
        // One sample more than a filter needs, because an interpolated one uses it.
        var last = _count - 2 * filter.Half - 1;
        while (_produced < limit && start <= last)
        {
            var block = output.GetSpan(BlockSamples);
            var count = 0;
            for (; count < block.Length && _produced < limit && start <= last; count++)
            {
                block[count] = Filter(filter, _buffer.AsSpan(start, filter.Taps), remainder);
                _produced++;
                start += step;
                remainder += fraction;
                if (remainder < _up) continue;
                remainder -= _up;
                start++;
            }

            output.Advance(count);
        }

        Discard(filter);
    }

    private float Filter(PolyphaseFilter filter, ReadOnlySpan<float> window, long remainder)
    {
        if (filter.Exact) return filter.Apply((int)remainder, window);
        var at = (double)remainder * filter.Phases / _up;
        var phase = (int)at;
        var weight = (float)(at - phase);
        return (1 - weight) * filter.Apply(phase, window) + weight * filter.Apply(phase + 1, window);
    }

    private void Discard(PolyphaseFilter filter)
    {
        var next = _produced * _down / _up - filter.Half + 1;
        var count = (int)Math.Clamp(next - _bufferStart, 0, _count);
        if (count == 0) return;
        Array.Copy(_buffer, count, _buffer, 0, _count - count);
        _count -= count;
        _bufferStart += count;
        // The zeros that pad a filter multiply these samples, which therefore must be finite.
        Array.Clear(_buffer, _count, _buffer.Length - _count);
    }

    private void Grow(int length)
    {
        var grown = Rent(length);
        _buffer.AsSpan(0, _count).CopyTo(grown);
        Dispose();
        _buffer = grown;
    }

    private static float[] Rent(int length)
    {
        var zeros = ArrayPool<float>.Shared.Rent(length);
        Array.Clear(zeros);
        return zeros;
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
