using System.Buffers;
using DiaOrleans.Audio.Blocks;
using DiaOrleans.Audio.Native;

namespace DiaOrleans.Audio.Stretching;

/// <summary>Makes mono speech faster or slower without changing its pitch, as it comes, by SoundTouch. Output does not depend on how the samples were cut into blocks. Not thread-safe.</summary>
public sealed class TimeStretch : IDisposable
{
    /// <summary>The slowest.</summary>
    public const double SlowestSpeed = 0.25;

    /// <summary>The fastest.</summary>
    public const double FastestSpeed = 4;

    private const int BlockSamples = 512;

    private readonly double _speed;
    private readonly SampleBlocks _blocks = new(BlockSamples);
    private readonly SoundTouchHandle? _touch;
    private long _taken;
    private long _given;

    /// <param name="sampleRate">Hz.</param>
    /// <param name="speed">0.25 to 4; 1 hands samples on as they are and needs no library.</param>
    /// <exception cref="DllNotFoundException">SoundTouch is missing; see <see cref="Missing"/>.</exception>
    public TimeStretch(int sampleRate, double speed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        if (!(speed >= SlowestSpeed && speed <= FastestSpeed)) throw new ArgumentOutOfRangeException(nameof(speed), speed, "A speed is 0.25 to 4.");
        _speed = speed;
        if (speed == 1) return;
        NativeLibraries.Require(NativeLibraryName.SoundTouch);
        _touch = LibSoundTouch.Create();
        if (_touch.IsInvalid) throw new InvalidOperationException("SoundTouch gave no stretcher.");
        LibSoundTouch.SetSampleRate(_touch, (uint)sampleRate);
        LibSoundTouch.SetChannels(_touch, 1);
        LibSoundTouch.SetTempo(_touch, (float)speed);
    }

    /// <summary>Null when speech can be stretched here; else a sentence that names the missing library and its Debian package.</summary>
    public static string? Missing => NativeLibraries.WhyMissing(NativeLibraryName.SoundTouch);

    /// <summary>Takes samples, -1 to 1, and writes what is stretched so far.</summary>
    public void Process(ReadOnlySpan<float> samples, IBufferWriter<float> output)
    {
        _taken += samples.Length;
        if (_touch is null)
        {
            output.Write(samples);
            return;
        }

        while (_blocks.TryFill(ref samples, out var block)) Put(block, output);
    }

    /// <summary>Writes what is left, so that round(samples taken / speed) were written in all. Call it once, after the last sample.</summary>
    public void Flush(IBufferWriter<float> output)
    {
        if (_touch is null) return;
        if (!_blocks.Rest.IsEmpty) Put(_blocks.Rest, output);

        // Its own flush stops short at times; silence behind the end pushes out all there is.
        var end = Length(_taken);
        Span<float> silence = stackalloc float[BlockSamples];
        silence.Clear();
        while (_given < end) Put(silence, output);
    }

    /// <inheritdoc/>
    public void Dispose() => _touch?.Dispose();

    private long Length(long samples) => (long)Math.Round(samples / _speed, MidpointRounding.AwayFromZero);

    private unsafe void Put(ReadOnlySpan<float> block, IBufferWriter<float> output)
    {
        fixed (float* samples = block) _ = LibSoundTouch.Put(_touch!, samples, (uint)block.Length);
        Take(output);
    }

    private unsafe void Take(IBufferWriter<float> output)
    {
        while (Length(_taken) - _given is > 0 and var room)
        {
            var span = output.GetSpan(BlockSamples);
            span = span[..(int)Math.Min(span.Length, room)];
            uint count;
            fixed (float* samples = span) count = LibSoundTouch.Receive(_touch!, samples, (uint)span.Length);
            if (count == 0) return;
            output.Advance((int)count);
            _given += count;
        }
    }
}
