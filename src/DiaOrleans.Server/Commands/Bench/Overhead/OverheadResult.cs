using DiaOrleans.Server.Commands.Bench.Load;

namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>What is added to the work of the engine.</summary>
/// <param name="Ways">By the way to make speech.</param>
/// <param name="FlushMs">Milliseconds that the disk takes to keep 4 KB: each stored state waits for that once.</param>
internal sealed record OverheadResult(IReadOnlyList<OverheadOfWay> Ways, Percentiles FlushMs);

/// <summary>What one way to make speech adds to the work of the engine.</summary>
/// <param name="Way">Name of the way.</param>
/// <param name="Requests">Requests that were measured without the engine.</param>
/// <param name="AddedMs">
/// Milliseconds from the client's request to its last byte, if the engine's events come at once, without those of the audio work.
/// </param>
/// <param name="AddedCpuMs">Milliseconds of the server's CPU for a request, likewise.</param>
/// <param name="AudioMs">Milliseconds of the audio work, called directly: joining, resampling, the format. The median.</param>
/// <param name="AudioCpuMs">Milliseconds of CPU of the audio work.</param>
/// <param name="StatesStored">State that is stored for a request, on average.</param>
/// <param name="AllocatedKb">Managed memory that a request allocates, in 1,000 bytes, on average, that of the audio work included.</param>
/// <param name="WithEngineMs">
/// With the engine: milliseconds from the client's request to its last byte without those between the engine's admission and its end;
/// null if it did not work.
/// </param>
internal sealed record OverheadOfWay(
    string Way,
    int Requests,
    Percentiles AddedMs,
    double AddedCpuMs,
    double AudioMs,
    double AudioCpuMs,
    double StatesStored,
    double AllocatedKb,
    Percentiles? WithEngineMs);
