using DiaOrleans.Server.Commands.Bench.Load;

namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>What one way to make speech adds to the work of the engine.</summary>
/// <param name="Way">Name of the way.</param>
/// <param name="Requests">Requests that were measured.</param>
/// <param name="AddedMs">Milliseconds from the client's request to its last byte, without those of the engine for the same request.</param>
/// <param name="CpuMs">Milliseconds of CPU of this process for a request, server and client together.</param>
/// <param name="EngineCpuMs">Milliseconds of CPU for the same call handed to the engine.</param>
internal sealed record OverheadResult(string Way, int Requests, Percentiles AddedMs, double CpuMs, double EngineCpuMs)
{
    /// <summary>Milliseconds of CPU that the way adds.</summary>
    public double AddedCpuMs => CpuMs - EngineCpuMs;
}
