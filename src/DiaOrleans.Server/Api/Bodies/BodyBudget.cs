using DiaOrleans.Server.Api.Errors;

namespace DiaOrleans.Server.Api.Bodies;

/// <summary>Bytes that all request bodies in flight may hold together.</summary>
/// <param name="bytes">The most.</param>
internal sealed class BodyBudget(long bytes)
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(5);

    private long _held;

    /// <summary>Bytes held now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>A share for one body: empty, and returned when it is disposed of.</summary>
    public BodyShare Open() => new(this);

    /// <exception cref="ApiProblem">429: there are not so many left.</exception>
    internal void Take(long count)
    {
        if (Interlocked.Add(ref _held, count) <= bytes) return;
        Return(count);
        throw ApiProblem.Busy(TryAgain);
    }

    internal void Return(long count) => Interlocked.Add(ref _held, -count);
}

/// <summary>What one body holds of the <see cref="BodyBudget"/>. Used by one caller at a time.</summary>
internal sealed class BodyShare(BodyBudget budget) : IDisposable
{
    private long _held;

    /// <param name="count">Bytes more.</param>
    /// <exception cref="ApiProblem">429: the budget is spent.</exception>
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

    /// <summary>Returns all that is held.</summary>
    public void Dispose() => Return(_held);
}
