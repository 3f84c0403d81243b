namespace DiaOrleans.Grains.Settings;

/// <summary>Options that may be replaced while the server runs. Thread-safe.</summary>
/// <param name="initial">The options at the start.</param>
public sealed class CurrentValue<T>(T initial) where T : class
{
    private volatile T _value = initial;

    /// <summary>The options in use. Code that reads several of them reads this once.</summary>
    public T Value => _value;

    /// <summary>Replaces the options for what begins from now on.</summary>
    public void Replace(T value) => _value = value;
}
