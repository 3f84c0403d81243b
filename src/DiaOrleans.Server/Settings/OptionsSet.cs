namespace DiaOrleans.Server.Settings;

/// <summary>The settings of one server: an instance of each options class, read and validated.</summary>
/// <param name="instances">One a class.</param>
/// <param name="given">Names of the settings that have a value from the command line, a variable or the file.</param>
internal sealed class OptionsSet(IReadOnlyList<object> instances, IReadOnlySet<string> given)
{
    /// <summary>The instance of an options class.</summary>
    public T Get<T>()
        where T : class => instances.OfType<T>().Single();

    /// <summary>The instance of an options class.</summary>
    public object Find(Type type) => instances.Single(instance => instance.GetType() == type);

    /// <summary>Whether a setting has a value that is given, not its default.</summary>
    public bool IsGiven(string setting) => given.Contains(setting);

    /// <summary>Registers each instance as a singleton of its class.</summary>
    public void AddTo(IServiceCollection services)
    {
        foreach (var options in instances) services.AddSingleton(options.GetType(), options);
    }
}
