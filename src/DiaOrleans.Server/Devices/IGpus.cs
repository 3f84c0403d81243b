namespace DiaOrleans.Server.Devices;

/// <summary>The GPUs of this machine that this build can use.</summary>
internal interface IGpus
{
    /// <summary>Their numbers; empty on a CPU.</summary>
    IReadOnlyList<int> Numbers { get; }

    GpuMemory ReadMemory(int gpu);
}

/// <summary>Memory of a GPU, by whomever it is used.</summary>
/// <param name="Used">Bytes.</param>
/// <param name="Total">Bytes.</param>
/// <param name="Error">Why it cannot be read, or null.</param>
internal sealed record GpuMemory(long Used, long Total, string? Error = null);

/// <summary>A build for the CPU has none, whatever the machine holds.</summary>
internal sealed class NoGpus : IGpus
{
    public IReadOnlyList<int> Numbers => [];

    public GpuMemory ReadMemory(int gpu) => new(0, 0, "this build runs on the CPU");
}
