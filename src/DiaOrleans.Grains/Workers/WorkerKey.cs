namespace DiaOrleans.Grains.Workers;

/// <summary>Identifies a worker: its silo and the number of its device there. As text <c>silo/device</c>, the key of its grain.</summary>
internal readonly record struct WorkerKey(string Silo, int Device)
{
    /// <summary>False if <paramref name="text"/> is not the key of a worker.</summary>
    public static bool TryParse(string? text, out WorkerKey key)
    {
        key = default;
        var slash = text?.LastIndexOf('/') ?? -1;
        if (slash < 1 || !int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var device)) return false;
        key = new WorkerKey(text![..slash], device);
        return true;
    }

    /// <summary>The name of the silo in the key of a worker; empty if it is none.</summary>
    public static string SiloOf(string key) => TryParse(key, out var worker) ? worker.Silo : "";

    public override string ToString() => $"{Silo}/{Device}";
}
