using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Workers;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>A codec that makes one frame of <see cref="Hop"/> samples.</summary>
internal sealed class FakePromptEncoder : IPromptEncoder
{
    public const int Hop = 320;
    public const int Channels = 2;

    private int _calls;

    public int Calls => _calls;

    public WorkAdmission? Refusal { get; set; }

    /// <summary>Encodings wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public async Task<AudioCodes> Encode(float[] samples, IWorker worker)
    {
        Interlocked.Increment(ref _calls);
        await Gate;
        if (Refusal is { } refusal) throw new PromptEncodingException(refusal);
        var frames = (samples.Length + Hop - 1) / Hop;
        return new AudioCodes([.. Enumerable.Range(0, frames * Channels).Select(i => (short)(i % 1024))], Channels);
    }
}
