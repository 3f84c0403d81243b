namespace DiaOrleans.Grains.State;

/// <summary>Names a stored type for ever and numbers its shape. Raise <see cref="Version"/> with every change of the members.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StoredStateAttribute(string name, int version) : Attribute
{
    /// <summary>What the payload calls its type; never the name of a class or an assembly.</summary>
    public string Name => name;

    /// <summary>The newest shape that this release writes and reads.</summary>
    public int Version => version;
}
