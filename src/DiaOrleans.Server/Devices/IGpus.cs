namespace DiaOrleans.Server.Devices;

/// <summary>The GPUs of this machine, if models run on GPUs.</summary>
internal interface IGpus
{
    /// <summary>Their numbers, from 0; empty if there is none.</summary>
    IReadOnlyList<int> Numbers { get; }

    /// <summary>Reads the memory of a GPU.</summary>
    /// <param name="gpu">One of <see cref="Numbers"/>.</param>
    GpuMemory ReadMemory(int gpu);
}

/// <summary>Memory of a GPU, for all processes together.</summary>
/// <param name="Used">Bytes.</param>
/// <param name="Total">Bytes.</param>
/// <param name="Error">Why it cannot be read, or null.</param>
internal sealed record GpuMemory(long Used, long Total, string? Error = null);

/// <summary>The GPUs of a server whose model runs on the CPU: none.</summary>
internal sealed class NoGpus : IGpus
{
    /// <inheritdoc/>
    public IReadOnlyList<int> Numbers => [];

    /// <inheritdoc/>
    public GpuMemory ReadMemory(int gpu) => new(0, 0, "the model runs on the CPU");
}
