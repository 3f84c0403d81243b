namespace DiaOrleans.Grains.Workers;

/// <summary>Names a worker: the silo it lives on and its device there. As text <c>silo/device</c>, the key of its grain.</summary>
internal readonly record struct WorkerKey(string Silo, int Device)
{
    /// <summary>False where <paramref name="text"/> is no worker's key.</summary>
    public static bool TryParse(string? text, out WorkerKey key)
    {
        key = default;
        var slash = text?.LastIndexOf('/') ?? -1;
        if (slash < 1 || !int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var device)) return false;
        key = new WorkerKey(text![..slash], device);
        return true;
    }

    public override string ToString() => $"{Silo}/{Device}";
}
