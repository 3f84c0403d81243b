using DiaOrleans.Grains.State;

namespace DiaOrleans.Server.ClusterRecord;

/// <summary>The settings that all silos of a cluster share, as they are stored.</summary>
[StoredState("dia.cluster-record", version: 1)]
internal sealed class RecordState
{
    /// <summary>Values by the names of settings, in the invariant culture. A setting that is not there has its default.</summary>
    public SortedDictionary<string, string> Values { get; set; } = new(StringComparer.Ordinal);
}
