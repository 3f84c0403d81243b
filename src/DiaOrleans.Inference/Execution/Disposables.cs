namespace DiaOrleans.Inference.Execution;

/// <summary>Disposes of what was added, last first.</summary>
internal sealed class Disposables : IDisposable
{
    private readonly Stack<IDisposable> _items = [];

    public T Add<T>(T item) where T : IDisposable
    {
        _items.Push(item);
        return item;
    }

    /// <summary>Leaves what was added to its new owner.</summary>
    public void Keep() => _items.Clear();

    public void Dispose()
    {
        while (_items.TryPop(out var item)) item.Dispose();
    }
}
