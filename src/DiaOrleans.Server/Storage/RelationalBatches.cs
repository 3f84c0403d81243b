using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Telemetry;
using Orleans.Storage;

namespace DiaOrleans.Server.Storage;

/// <summary>Reads many rows of Orleans' ADO.NET storage by one statement for each <see cref="Size"/> of them.</summary>
/// <param name="source">The database.</param>
/// <param name="hashes">Hashes keys as the storage does; they begin the index of the table.</param>
/// <param name="serviceId">The cluster's.</param>
/// <param name="metrics">Counts failures.</param>
internal sealed class RelationalBatches(DbDataSource source, IStorageHasherPicker hashes, string serviceId, DiaMetrics metrics)
    : IStateBatches
{
    /// <summary>Rows of a statement at most.</summary>
    public const int Size = 1000;

    private readonly StateSerializer _serializer = new();

    /// <exception cref="OrleansException">The database failed.</exception>
    public async Task<IReadOnlyList<T?>> Read<T>(string name, IReadOnlyList<GrainId> ids) where T : class, new()
    {
        var found = new Dictionary<string, T>(ids.Count);
        foreach (var some in ids.Chunk(Size))
        {
            // SQLite's driver blocks.
            var reading = Task.Run(() => DatabaseFaults.Translate(() => Read(name, some, found)));
            await ObservedStorage.Observe("read", reading, metrics);
        }

        return [.. ids.Select(id => found.GetValueOrDefault(PrefixedKeyStorage.AddPrefix(id).Key.ToString()!))];
    }

    private async Task Read<T>(string name, GrainId[] ids, Dictionary<string, T> found)
    {
        var any = new GrainState<StatePayload>(new StatePayload());
        var hasher = hashes.PickHasher(serviceId, StateStorage.ProviderName, name, ids[0], any)!;
        var keys = ids.Select(id => hasher.Hash(HashedBytes(id)));
        await using var command = source.CreateCommand(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT GrainIdExtensionString, PayloadBinary FROM OrleansStorage
            WHERE ServiceId = @service AND GrainTypeHash = {hasher.Hash(Encoding.UTF8.GetBytes(name))} AND GrainTypeString = @state
                AND GrainIdHash IN ({string.Join(',', keys)}) AND PayloadBinary IS NOT NULL
            """));
        Add(command, "@service", serviceId);
        Add(command, "@state", name);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) found[rows.GetString(0)] = _serializer.Deserialize<T>(new BinaryData(rows.GetFieldValue<byte[]>(1)));
    }

    /// <summary>What Orleans' storage hashes of a key that is a text: its bytes, the last one first.</summary>
    private static byte[] HashedBytes(GrainId id)
    {
        var bytes = Encoding.UTF8.GetBytes(PrefixedKeyStorage.AddPrefix(id).Key.ToString()!);
        Array.Reverse(bytes);
        return bytes;
    }

    private static void Add(IDbCommand command, string name, string value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
