using DiaOrleans.Audio.Formats;
using DiaOrleans.Audio.Memory;
using DiaOrleans.Audio.Resampling;
using DiaOrleans.Audio.Stretching;

namespace DiaOrleans.Grains.Rendering;

/// <summary>
/// From the model's samples to the bytes for a client: joins segments, changes speed and rate, encodes. It computes: use it outside a
/// grain turn.
/// </summary>
internal sealed class OutputChain : IDisposable
{
    /// <summary>Samples of the model that go through the chain at a time: no buffer reaches the large object heap.</summary>
    private const int BlockSamples = 2048;

    /// <summary>Bytes of a piece of a stream, at least, if more follow it.</summary>
    private const int PieceBytes = 32 << 10;

    private readonly double _speed;
    private readonly SegmentJoiner _joiner;
    private readonly TimeStretch? _stretch;
    private readonly Resampler _resampler;
    private readonly Lazy<IAudioEncoder>? _stream;
    private readonly Lazy<AudioFile>? _whole;
    private readonly AudioFile? _recording;
    private readonly PooledWriter<float> _joined = new();
    private readonly PooledWriter<float> _stretched = new();
    private readonly PooledWriter<float> _resampled = new();
    private readonly PooledWriter<byte> _encoded = new();

    /// <param name="modelRate">Hz of the input.</param>
    /// <param name="speed">0.25 to 4; 1 changes nothing.</param>
    /// <param name="format">Of the output.</param>
    /// <param name="sampleRate">Hz of the output.</param>
    /// <param name="streamed">Bytes come as they are made, in a container that does not tell its length; else all at the end.</param>
    /// <param name="keep">A WAV file of the output is wanted as well.</param>
    public OutputChain(int modelRate, double speed, AudioFormat format, int sampleRate, bool streamed, bool keep)
    {
        _speed = speed;
        _joiner = new SegmentJoiner(modelRate);
        _stretch = speed == 1 ? null : new TimeStretch(modelRate, speed);
        _resampler = new Resampler(modelRate, sampleRate);
        // Created with the first sample: an encoder may be a process, and a request may wait long for a slot.
        if (streamed) _stream = new Lazy<IAudioEncoder>(() => AudioEncoders.Create(format, sampleRate), isThreadSafe: false);
        else _whole = new Lazy<AudioFile>(() => new AudioFile(format, sampleRate), isThreadSafe: false);
        if (keep) _recording = new AudioFile(AudioFormat.Wav, sampleRate);
    }

    /// <summary>Begins a segment.</summary>
    /// <param name="last">It is the last one.</param>
    /// <param name="pause">Silence of the output before it; zero for the usual one between segments.</param>
    public void Begin(bool last, TimeSpan pause) => _joiner.Begin(last, pause * _speed, _joined);

    /// <summary>Takes a segment's samples; returns the bytes that are ready, in pieces for <see cref="AudioPieces.GiveBack"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Write(ReadOnlySpan<float> samples)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        while (!samples.IsEmpty)
        {
            var block = samples[..Math.Min(samples.Length, BlockSamples)];
            _joiner.Write(block, _joined);
            Advance(ended: false);
            samples = samples[block.Length..];
            if (_encoded.Written.Length >= PieceBytes || samples.IsEmpty) TakeEncoded(pieces);
        }

        return pieces;
    }

    /// <summary>Ends the segment.</summary>
    /// <param name="pause">Silence of the output behind it.</param>
    public void End(TimeSpan pause) => _joiner.End(pause * _speed, _joined);

    /// <summary>The remaining bytes, likewise: all bytes unless the output is streamed.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Finish()
    {
        Advance(ended: true);
        if (_whole is not null) return _whole.Value.Finish();
        var rest = new List<ReadOnlyMemory<byte>>();
        TakeEncoded(rest);
        return rest;
    }

    /// <summary>The WAV file of the output, or null if it is not wanted. Call it once, after <see cref="Finish"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? FinishRecording() => _recording?.Finish();

    public void Dispose()
    {
        _joiner.Dispose();
        _stretch?.Dispose();
        _resampler.Dispose();
        if (_stream is { IsValueCreated: true }) _stream.Value.Dispose();
        if (_whole is { IsValueCreated: true }) _whole.Value.Dispose();
        _recording?.Dispose();
        _joined.Dispose();
        _stretched.Dispose();
        _resampled.Dispose();
        _encoded.Dispose();
    }

    private void Advance(bool ended)
    {
        _resampler.Process(Stretch(ended), _resampled);
        _joined.Clear();
        _stretched.Clear();
        if (ended) _resampler.Flush(_resampled);
        Encode(ended);
        _resampled.Clear();
    }

    private void TakeEncoded(List<ReadOnlyMemory<byte>> pieces)
    {
        if (_encoded.Written.IsEmpty) return;
        pieces.Add(AudioPieces.Copy(_encoded.Written));
        _encoded.Clear();
    }

    private void Encode(bool ended)
    {
        var samples = _resampled.Written;
        if (samples.IsEmpty && !ended) return;
        _recording?.Write(samples);
        _whole?.Value.Write(samples);
        _stream?.Value.Write(samples, _encoded);
        if (ended) _stream?.Value.Finish(_encoded);
    }

    private ReadOnlySpan<float> Stretch(bool ended)
    {
        if (_stretch is null) return _joined.Written;
        _stretch.Process(_joined.Written, _stretched);
        if (ended) _stretch.Flush(_stretched);
        return _stretched.Written;
    }
}
