namespace DiaOrleans.Grains.State;

/// <summary>
/// Gives a stored type its permanent name and the version of its shape. Increase the version with every change of the type's members.
/// </summary>
/// <param name="name">Name of the type in stored state, independent of class and assembly names.</param>
/// <param name="version">The version that this release writes, 1 or more; lower versions are read too.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StoredStateAttribute(string name, int version) : Attribute
{
    /// <summary>Name of the type in stored state, independent of class and assembly names.</summary>
    public string Name => name;

    /// <summary>The version that this release writes, 1 or more; lower versions are read too.</summary>
    public int Version => version;
}
