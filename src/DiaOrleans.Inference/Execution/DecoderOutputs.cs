using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>Where a step leaves the candidates of every slot and channel.</summary>
internal sealed class DecoderOutputs : IDisposable
{
    private readonly int _channels;
    private readonly int _candidates;
    private readonly NativeTensor<long> _ids;
    private readonly NativeTensor<float> _values;
    private readonly NativeTensor<long>? _fallback;
    private readonly int[] _narrowIds;

    public DecoderOutputs(DiaConfig config, int slots, int topK)
    {
        _channels = config.Decoder.Channels;
        _candidates = GuidanceHead.Candidates(config.Profile, topK, config.Decoder.Vocab);
        _ids = new NativeTensor<long>(slots, 1, _channels, _candidates);
        _values = new NativeTensor<float>(slots, 1, _channels, _candidates);
        if (GuidanceHead.HasFallback(topK, config.Decoder.Vocab, config.Eos)) _fallback = new NativeTensor<long>(slots, 1, _channels);
        _narrowIds = new int[_candidates];
    }

    public void Bind(OrtIoBinding binding)
    {
        binding.BindOutput(GuidanceHead.Ids, _ids.Value);
        binding.BindOutput(GuidanceHead.Values, _values.Value);
        if (_fallback is not null) binding.BindOutput(GuidanceHead.Fallback, _fallback.Value);
    }

    /// <summary>One channel's candidates, best first; valid until the next call.</summary>
    public ChannelCandidates Read(int slot, int channel)
    {
        var start = (slot * _channels + channel) * _candidates;
        var ids = _ids.Span.Slice(start, _candidates);
        for (var i = 0; i < ids.Length; i++) _narrowIds[i] = (int)ids[i];
        return new ChannelCandidates(_narrowIds, _values.Span.Slice(start, _candidates), _fallback is null ? -1 : (int)_fallback.Span[slot * _channels + channel]);
    }

    public void Dispose()
    {
        _ids.Dispose();
        _values.Dispose();
        _fallback?.Dispose();
    }
}

/// <summary>What the sampler may choose from, best first.</summary>
/// <param name="ids">Token ids.</param>
/// <param name="values">Their logits: cond's (0626) or the guided ones (classic).</param>
/// <param name="fallback">The best code, where the candidates may all be special ids; else -1.</param>
internal readonly ref struct ChannelCandidates(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, int fallback)
{
    public ReadOnlySpan<int> Ids { get; } = ids;

    public ReadOnlySpan<float> Values { get; } = values;

    public int Fallback { get; } = fallback;
}
