namespace DiaOrleans.Server.Tests;

/// <summary>
/// Tests that read counters or the memory of the process. The metrics SDK selects meters by name, so a server also counts the work of the
/// other servers of its process.
/// </summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
