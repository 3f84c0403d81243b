namespace DiaOrleans.Audio.Tests.Reading;

/// <summary>
/// Tests that write a program and start it. A process that another test starts at that time would inherit the open file, and the program
/// could not be executed.
/// </summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
