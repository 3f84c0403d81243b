using DiaOrleans.Inference.Checkpoints;
using DiaOrleans.Inference.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace DiaOrleans.Inference.Execution;

/// <summary>
/// The outputs that the host reads after each run of the decoder, in one packed buffer: the candidates of every slot and channel.
/// </summary>
internal sealed class StepOutputs : IDisposable
{
    private readonly int _channels;
    private readonly int _candidates;
    private readonly PackedField<long> _ids;
    private readonly PackedField<float> _values;
    private readonly PackedField<long>? _fallback;
    private readonly PackedTensors _packed;
    private readonly int[] _narrowIds;

    /// <param name="device">Device of the decoder.</param>
    /// <param name="config">The model.</param>
    /// <param name="slots">Slots in the batch.</param>
    /// <param name="topK">The top-k that the graph was built for.</param>
    public StepOutputs(Device device, DiaConfig config, int slots, int topK)
    {
        var shape = config.Decoder;
        _channels = shape.Channels;
        _candidates = GuidanceHead.Candidates(config.Profile, topK, shape.Vocab);
        _narrowIds = new int[_candidates];
        var layout = new PackedLayout();
        _ids = layout.Add<long>(GuidanceHead.Ids, slots, 1, _channels, _candidates);
        _values = layout.Add<float>(GuidanceHead.Values, slots, 1, _channels, _candidates);
        if (GuidanceHead.HasFallback(topK, shape.Vocab, config.Eos))
            _fallback = layout.Add<long>(GuidanceHead.Fallback, slots, 1, _channels);
        _packed = new PackedTensors(device, layout);
    }

    /// <summary>
    /// Binds the outputs of the first <paramref name="slots"/> slots. Dispose of the result after the last run.
    /// </summary>
    public IDisposable Bind(OrtIoBinding binding, int slots) => _packed.BindOutputs(binding, slots);

    /// <summary>Copies the outputs of the last run to the host.</summary>
    public void Download() => _packed.Download();

    /// <summary>One channel's candidates, best first; valid until the next call.</summary>
    public ChannelCandidates Read(int slot, int channel)
    {
        var cell = slot * _channels + channel;
        var ids = _packed.Elements(_ids).Slice(cell * _candidates, _candidates);
        for (var i = 0; i < ids.Length; i++) _narrowIds[i] = (int)ids[i];
        var values = _packed.Elements(_values).Slice(cell * _candidates, _candidates);
        return new ChannelCandidates(_narrowIds, values, _fallback is { } fallback ? (int)_packed.Elements(fallback)[cell] : -1);
    }

    public void Dispose() => _packed.Dispose();
}

/// <summary>The candidates of one channel, best first.</summary>
/// <param name="ids">Token ids.</param>
/// <param name="values">Their logits: conditional (0626) or guided (classic).</param>
/// <param name="fallback">The best code, if all candidates can be special ids; else -1.</param>
internal readonly ref struct ChannelCandidates(ReadOnlySpan<int> ids, ReadOnlySpan<float> values, int fallback)
{
    /// <summary>Token ids.</summary>
    public ReadOnlySpan<int> Ids { get; } = ids;

    /// <summary>Their logits.</summary>
    public ReadOnlySpan<float> Values { get; } = values;

    /// <summary>The best code, or -1.</summary>
    public int Fallback { get; } = fallback;
}
