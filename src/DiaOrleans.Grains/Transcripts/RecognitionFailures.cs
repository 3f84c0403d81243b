using System.Collections.Concurrent;
using DiaOrleans.Abstractions.Recognition;

namespace DiaOrleans.Grains.Transcripts;

/// <summary>Recent failures of speech recognition, so that the server does not repeat them with every request for speech.</summary>
internal sealed class RecognitionFailures(TimeProvider time)
{
    /// <summary>A failure is recent for this time.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<(RecognitionFault Fault, string Name), DateTimeOffset> _ends = new();

    /// <summary>Records a failure.</summary>
    /// <param name="fault">The cause.</param>
    /// <param name="name">The recording's hash, or the model's size.</param>
    public void Add(RecognitionFault fault, string name)
    {
        foreach (var (key, end) in _ends)
        {
            if (end <= time.GetUtcNow()) _ends.TryRemove(key, out _);
        }

        _ends[(fault, name)] = time.GetUtcNow() + Lifetime;
    }

    /// <summary>True if this failure was recorded within <see cref="Lifetime"/>.</summary>
    public bool IsRecent(RecognitionFault fault, string name) => _ends.TryGetValue((fault, name), out var end) && time.GetUtcNow() < end;

    /// <summary>Removes all records.</summary>
    public void Clear() => _ends.Clear();
}
