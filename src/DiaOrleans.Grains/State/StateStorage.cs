namespace DiaOrleans.Grains.State;

/// <summary>Where grains keep what must survive a restart.</summary>
public static class StateStorage
{
    /// <summary>Name of the grain storage provider that a silo must offer.</summary>
    public const string ProviderName = "state";
}
