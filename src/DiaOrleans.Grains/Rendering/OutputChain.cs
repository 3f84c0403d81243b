using System.Buffers;
using DiaOrleans.Audio.Encoding;
using DiaOrleans.Audio.Resampling;
using DiaOrleans.Audio.Stretching;

namespace DiaOrleans.Grains.Rendering;

/// <summary>From the model's samples to the bytes that a client gets: segments joined, speed, rate, format. Computes: use it outside a grain turn.</summary>
internal sealed class OutputChain : IDisposable
{
    private readonly SegmentJoiner _joiner;
    private readonly TimeStretch? _stretch;
    private readonly Resampler _resampler;
    private readonly IAudioEncoder? _encoder;
    private readonly AudioFormat _format;
    private readonly bool _keep;
    private readonly ArrayBufferWriter<float> _joined = new();
    private readonly ArrayBufferWriter<float> _stretched = new();
    private readonly ArrayBufferWriter<float> _resampled = new();
    private readonly ArrayBufferWriter<byte> _encoded = new();
    private readonly ArrayBufferWriter<float> _kept = new();

    /// <param name="modelRate">Hz of the samples that come in.</param>
    /// <param name="speed">1 leaves them as they are.</param>
    /// <param name="format">Of the bytes.</param>
    /// <param name="sampleRate">Hz of the bytes.</param>
    /// <param name="streamed">Bytes come as they are made, in a container without a length; else all at the end.</param>
    /// <param name="keep">The samples are wanted at the end as well.</param>
    public OutputChain(int modelRate, double speed, AudioFormat format, int sampleRate, bool streamed, bool keep)
    {
        (_format, _keep, SampleRate) = (format, keep || !streamed, sampleRate);
        _joiner = new SegmentJoiner(modelRate);
        _stretch = speed == 1 ? null : new TimeStretch(modelRate, speed);
        _resampler = new Resampler(modelRate, sampleRate);
        _encoder = streamed ? AudioEncoders.Create(format, sampleRate) : null;
    }

    /// <summary>Hz of <see cref="Kept"/>.</summary>
    public int SampleRate { get; }

    /// <summary>All samples so far, as they sound in the end.</summary>
    public ReadOnlySpan<float> Kept => _kept.WrittenSpan;

    public void Begin(bool last) => _joiner.Begin(last, _joined);

    /// <summary>Takes a segment's samples; returns the bytes that are ready.</summary>
    public byte[] Write(ReadOnlySpan<float> samples)
    {
        _joiner.Write(samples, _joined);
        return Advance(ended: false);
    }

    public void End() => _joiner.End(_joined);

    /// <summary>The bytes that are left; all of them where they do not come as they are made.</summary>
    public byte[] Finish()
    {
        var rest = Advance(ended: true);
        return _encoder is null ? AudioEncoders.EncodeWhole(_format, Kept, SampleRate) : rest;
    }

    public void Dispose()
    {
        _stretch?.Dispose();
        _encoder?.Dispose();
    }

    private byte[] Advance(bool ended)
    {
        Stretch(ended);
        _resampler.Process(_stretched.WrittenSpan, _resampled);
        _stretched.ResetWrittenCount();
        if (ended) _resampler.Flush(_resampled);
        if (_keep) _kept.Write(_resampled.WrittenSpan);
        _encoder?.Write(_resampled.WrittenSpan, _encoded);
        _resampled.ResetWrittenCount();
        if (ended) _encoder?.Finish(_encoded);
        var bytes = _encoded.WrittenSpan.ToArray();
        _encoded.ResetWrittenCount();
        return bytes;
    }

    private void Stretch(bool ended)
    {
        if (_stretch is null)
        {
            _stretched.Write(_joined.WrittenSpan);
        }
        else
        {
            _stretch.Process(_joined.WrittenSpan, _stretched);
            if (ended) _stretch.Flush(_stretched);
        }

        _joined.ResetWrittenCount();
    }
}
