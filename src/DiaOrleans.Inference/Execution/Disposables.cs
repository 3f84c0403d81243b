namespace DiaOrleans.Inference.Execution;

/// <summary>Disposes of what was added, last first.</summary>
internal sealed class Disposables : IDisposable
{
    private readonly Stack<IDisposable> _items = [];

    /// <summary>Adds an item and returns it.</summary>
    public T Add<T>(T item) where T : IDisposable
    {
        _items.Push(item);
        return item;
    }

    public void Dispose()
    {
        while (_items.TryPop(out var item)) item.Dispose();
    }
}
