using System.Collections.Concurrent;
using Orleans.Runtime;

namespace DiaOrleans.Grains.State;

/// <summary>
/// What activations of this silo answer, for callers in this silo, who then send no message. A grain has one activation: it sets its
/// answer, and removes it before it changes what it keeps, and when it ends. Thread-safe.
/// </summary>
internal sealed class ActivationCopies
{
    private readonly ConcurrentDictionary<GrainId, object> _answers = new();

    /// <summary>The answer of the grain; null if its activation is not here or has set none.</summary>
    public T? Find<T>(IAddressable grain) where T : class =>
        _answers.TryGetValue(grain.GetGrainId(), out var answer) ? (T)answer : null;

    /// <summary>Sets the answer of an activation, which is not to be changed any more. Called in its turns.</summary>
    public void Set(IGrainBase activation, object answer) => _answers[activation.GrainContext.GrainId] = answer;

    /// <summary>Removes the answer of an activation.</summary>
    public void Remove(IGrainBase activation) => _answers.TryRemove(activation.GrainContext.GrainId, out _);
}
