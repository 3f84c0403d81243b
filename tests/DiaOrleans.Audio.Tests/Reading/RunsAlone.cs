namespace DiaOrleans.Audio.Tests.Reading;

/// <summary>Tests that write a program and start it: a process that another test starts meanwhile would hold the program open, and it could not run.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
