using System.Collections.Concurrent;
using DiaOrleans.Grains.Recognition;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>What speech recognition failed on lately, so that work which nobody asked for by name does not fail on it again and again.</summary>
internal sealed class RecognitionFailures(TimeProvider time)
{
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<(RecognitionFault Fault, string Name), DateTimeOffset> _ends = new();

    /// <param name="fault">What it failed on.</param>
    /// <param name="name">The recording's hash, or the model's size.</param>
    public void Remember(RecognitionFault fault, string name)
    {
        foreach (var (key, end) in _ends)
            if (end <= time.GetUtcNow()) _ends.TryRemove(key, out _);
        _ends[(fault, name)] = time.GetUtcNow() + Memory;
    }

    public bool Remembers(RecognitionFault fault, string name) => _ends.TryGetValue((fault, name), out var end) && time.GetUtcNow() < end;

    public void Forget() => _ends.Clear();
}
