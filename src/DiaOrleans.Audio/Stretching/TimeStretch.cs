using System.Buffers;
using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Stretching;

/// <summary>
/// Changes the speed of mono speech and keeps its pitch, by SoundTouch, while the samples arrive. The output does not depend on how the
/// input was divided into calls. Not thread-safe.
/// </summary>
public sealed class TimeStretch : IDisposable
{
    /// <summary>The lowest speed.</summary>
    public const double SlowestSpeed = 0.25;

    /// <summary>The highest speed.</summary>
    public const double FastestSpeed = 4;

    private const int BlockSamples = 512;

    private readonly double _speed;
    private readonly SampleBlocks _blocks = new(BlockSamples);
    private readonly SoundTouchHandle? _touch;
    private long _received;
    private long _produced;

    /// <summary>Creates a stretcher without input.</summary>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="speed">0.25 to 4; 1 copies the samples and needs no library.</param>
    /// <exception cref="DllNotFoundException">SoundTouch is missing; see <see cref="Missing"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate is below 1 or the speed out of range.</exception>
    public TimeStretch(int sampleRate, double speed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        if (!(speed >= SlowestSpeed && speed <= FastestSpeed))
        {
            throw new ArgumentOutOfRangeException(nameof(speed), speed, "A speed is 0.25 to 4.");
        }

        _speed = speed;
        if (speed == 1) return;
        NativeLibraries.Require(NativeLibraryName.SoundTouch);
        _touch = LibSoundTouch.Create();
        if (_touch.IsInvalid) throw new InvalidOperationException("SoundTouch did not create a stretcher.");
        LibSoundTouch.SetSampleRate(_touch, (uint)sampleRate);
        LibSoundTouch.SetChannels(_touch, 1);
        LibSoundTouch.SetTempo(_touch, (float)speed);
    }

    /// <summary>Null if SoundTouch is installed; else a sentence that names its Debian package.</summary>
    public static string? Missing => NativeLibraries.WhyMissing(NativeLibraryName.SoundTouch);

    /// <summary>Takes input and writes the output that is ready.</summary>
    /// <param name="samples">-1 to 1.</param>
    /// <param name="output">Receives samples.</param>
    public void Process(ReadOnlySpan<float> samples, IBufferWriter<float> output)
    {
        _received += samples.Length;
        if (_touch is null)
        {
            output.Write(samples);
            return;
        }

        while (_blocks.TryFill(ref samples, out var block)) Stretch(block, output);
    }

    /// <summary>
    /// Writes the rest of the output: round(input samples / speed) samples in all. Call it once, after the last input.
    /// </summary>
    /// <param name="output">Receives samples.</param>
    public void Flush(IBufferWriter<float> output)
    {
        if (_touch is null) return;
        if (!_blocks.Rest.IsEmpty) Stretch(_blocks.Rest, output);

        // soundtouch_flush can return too few samples. Silence after the end makes SoundTouch return all of them.
        var end = StretchedLength(_received);
        Span<float> silence = stackalloc float[BlockSamples];
        silence.Clear();
        while (_produced < end) Stretch(silence, output);
    }

    /// <inheritdoc/>
    public void Dispose() => _touch?.Dispose();

    private long StretchedLength(long samples) => (long)Math.Round(samples / _speed, MidpointRounding.AwayFromZero);

    private unsafe void Stretch(ReadOnlySpan<float> block, IBufferWriter<float> output)
    {
        fixed (float* samples = block) _ = LibSoundTouch.Put(_touch!, samples, (uint)block.Length);
        Receive(output);
    }

    private unsafe void Receive(IBufferWriter<float> output)
    {
        while (StretchedLength(_received) - _produced is > 0 and var missing)
        {
            var span = output.GetSpan(BlockSamples);
            span = span[..(int)Math.Min(span.Length, missing)];
            uint count;
            fixed (float* samples = span) count = LibSoundTouch.Receive(_touch!, samples, (uint)span.Length);
            if (count == 0) return;
            output.Advance((int)count);
            _produced += count;
        }
    }
}
