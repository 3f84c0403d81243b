namespace DiaOrleans.Server.Settings;

/// <summary>The settings of one server: an instance of each options class, read and validated.</summary>
/// <param name="instances">One a class.</param>
internal sealed class OptionsSet(IReadOnlyList<object> instances)
{
    /// <summary>The instance of an options class.</summary>
    public T Get<T>()
        where T : class => instances.OfType<T>().Single();

    /// <summary>Registers each instance as a singleton of its class.</summary>
    public void AddTo(IServiceCollection services)
    {
        foreach (var options in instances) services.AddSingleton(options.GetType(), options);
    }
}
