using Orleans.GrainDirectory;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Placing;

/// <summary>
/// The directory of grains whose place follows from their key. The parts of Orleans' own directory are spread over all silos,
/// and it is asked for each grain that a silo calls for the first time: if a part is on a silo that does not answer, the call waits until
/// that silo is evicted.
/// </summary>
internal sealed class NoDirectory : IGrainDirectory
{
    /// <summary>Name of the directory.</summary>
    public const string Name = "none";

    /// <summary>Nothing is registered: the grain is placed, where it may be already.</summary>
    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult<GrainAddress?>(null);

    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(address);

    public Task<GrainAddress?> Register(GrainAddress address, GrainAddress? previousAddress) => Register(address);

    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}
