namespace DiaOrleans.Grains.State;

/// <summary>The grain storage that the grains use.</summary>
public static class StateStorage
{
    /// <summary>Name of the grain storage provider that a silo must register.</summary>
    public const string ProviderName = "state";
}
