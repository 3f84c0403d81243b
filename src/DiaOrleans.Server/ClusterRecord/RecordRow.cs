using DiaOrleans.Grains.State;
using DiaOrleans.Server.Settings;
using Orleans.Storage;

namespace DiaOrleans.Server.ClusterRecord;

/// <summary>
/// The stored record. It is read from the store and not from a grain, so that a silo that hangs cannot keep it from the others, and so that
/// a command can change it without being a member of the cluster. A write that is not based on the newest version fails.
/// </summary>
internal sealed class RecordRow([FromKeyedServices(StateStorage.ProviderName)] IGrainStorage storage)
{
    private const string Name = "cluster-record";
    private const int Attempts = 5;

    private static readonly GrainId Id = GrainId.Create("dia.cluster-record", "0");

    /// <summary>The record; null if no silo has written one.</summary>
    /// <exception cref="SettingsException">It has a setting that this release does not know.</exception>
    public async Task<RecordValues?> Read()
    {
        var row = await ReadRow();
        return row.RecordExists ? RecordValues.Read(row.State!.Values) : null;
    }

    /// <summary>Changes the record; the change may be called again if another process changes it at the same time.</summary>
    /// <param name="change">Makes the new record of the stored one, null if there is none. The same record is not written.</param>
    /// <returns>The record that is stored now.</returns>
    /// <exception cref="SettingsException">Thrown by <paramref name="change"/>.</exception>
    /// <exception cref="InconsistentStateException">Others have changed the record again and again.</exception>
    public async Task<RecordValues> Change(Func<RecordValues?, RecordValues> change)
    {
        for (var attempt = 1; ; attempt++)
        {
            var row = await ReadRow();
            var stored = row.RecordExists ? RecordValues.Read(row.State!.Values) : null;
            var changed = change(stored);
            if (changed == stored) return changed;
            row.State!.Values = changed.ToState();
            try
            {
                await storage.WriteStateAsync(Name, Id, row);
                return changed;
            }
            catch (InconsistentStateException) when (attempt < Attempts)
            {
                // Another process was first.
            }
        }
    }

    private async Task<GrainState<RecordState>> ReadRow()
    {
        var row = new GrainState<RecordState>(new RecordState());
        await storage.ReadStateAsync(Name, Id, row);
        return row;
    }
}
