using System.Text.Json;

namespace DiaOrleans.Server.Models.Speed;

/// <summary>The speeds that were measured, in the file cache/speed.json of the data folder. Losing it costs a measurement.</summary>
/// <param name="data">Path of the data folder.</param>
internal sealed class SpeedRecords(string data)
{
    private const int FormatVersion = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly Lock _lock = new();

    private string File => Path.Combine(data, "cache", "speed.json");

    /// <summary>The speed that was measured for a key; null if none was.</summary>
    public MeasuredSpeed? Find(SpeedKey key) => Read().FirstOrDefault(speed => speed.Key == key);

    /// <summary>Keeps a speed in place of the one with the same key.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Keep(MeasuredSpeed speed)
    {
        lock (_lock)
        {
            MeasuredSpeed[] all = [.. Read().Where(other => other.Key != speed.Key), speed];
            Directory.CreateDirectory(Path.GetDirectoryName(File)!);
            var fresh = File + ".new";
            System.IO.File.WriteAllBytes(fresh, JsonSerializer.SerializeToUtf8Bytes(new Records(FormatVersion, all), Json));
            System.IO.File.Move(fresh, File, overwrite: true);
        }
    }

    private IReadOnlyList<MeasuredSpeed> Read()
    {
        try
        {
            var records = JsonSerializer.Deserialize<Records>(System.IO.File.ReadAllBytes(File), Json);
            return records is { Version: FormatVersion } ? records.Speeds : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    private sealed record Records(int Version, IReadOnlyList<MeasuredSpeed> Speeds);
}
