namespace DiaOrleans.Server.Commands.Bench.Overhead;

/// <summary>What is measured.</summary>
/// <param name="Ways">The ways to make speech.</param>
/// <param name="Requests">Requests of each way with recorded events.</param>
/// <param name="WithEngine">Requests of each way with the engine.</param>
internal sealed record OverheadPlan(IReadOnlyList<OverheadWay> Ways, int Requests, int WithEngine);
