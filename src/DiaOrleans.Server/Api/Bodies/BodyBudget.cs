using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Bodies;

/// <summary>Limits the bytes that the bodies of all requests in progress hold together, in memory and in files.</summary>
/// <param name="bytes">The most bytes.</param>
internal sealed class BodyBudget(long bytes)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private long _held;

    /// <summary>Bytes held now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>A share for one body, empty at first. Disposing it returns its bytes.</summary>
    public BodyShare Open() => new(this);

    /// <exception cref="ApiProblem">429: the budget has fewer bytes left.</exception>
    internal void Take(long count)
    {
        if (Interlocked.Add(ref _held, count) <= bytes) return;
        Return(count);
        throw ApiProblem.Busy(RetryAfter);
    }

    internal void Return(long count) => Interlocked.Add(ref _held, -count);
}

/// <summary>The bytes of the <see cref="BodyBudget"/> that one body holds. Not thread-safe.</summary>
internal sealed class BodyShare(BodyBudget budget) : IDisposable
{
    private long _held;

    /// <param name="count">Further bytes to hold.</param>
    /// <exception cref="ApiProblem">429: the budget has fewer bytes left.</exception>
    public void Take(long count)
    {
        budget.Take(count);
        _held += count;
    }

    /// <param name="count">Bytes that are no longer held.</param>
    public void Return(long count)
    {
        budget.Return(count);
        _held -= count;
    }

    /// <summary>Returns all bytes.</summary>
    public void Dispose() => Return(_held);
}
