using DiaOrleans.Abstractions.Workers;

namespace DiaOrleans.Grains.Rendering;

/// <summary>Keeps what a rendering makes, so that another rendering of the same request goes on behind it.</summary>
public interface IRenderKeeping
{
    /// <summary>What earlier renderings have made of a segment; null if nothing is known of it.</summary>
    /// <param name="segment">Number of the segment, from 0.</param>
    Task<SegmentCodes?> Find(int segment);

    /// <summary>Keeps a finished segment. Does not wait for it, and never throws.</summary>
    /// <param name="segment">Number of the segment, from 0.</param>
    /// <param name="codes">All its codes.</param>
    void Keep(int segment, SegmentCodes codes);

    /// <summary>Repeats a write until the store accepts it or a limit is over.</summary>
    /// <param name="what">What is written, as the subject of a log line.</param>
    /// <param name="write">The call; it may be repeated after it failed half-way.</param>
    /// <param name="stop">Ends the attempts.</param>
    Task<T> Store<T>(string what, Func<Task<T>> write, CancellationToken stop);

    /// <summary>The same without waiting: who keeps the rendering waits for it before the rendering counts as made. Never throws.</summary>
    /// <param name="what">What is written, as the subject of a log line.</param>
    /// <param name="write">The call; it may be repeated after it failed half-way.</param>
    /// <param name="stop">Ends the attempts.</param>
    void StoreLater(string what, Func<Task> write, CancellationToken stop);
}
