namespace DiaOrleans.Cuda.Tests;

/// <summary>A test on the stand-ins; it is skipped where they cannot be built.</summary>
[Collection(Name)]
public abstract class StandInTest
{
    /// <summary>Tests of one process share the counts of the stand-ins, so they run one after another.</summary>
    public const string Name = "stand-ins";

    protected StandInTest(StandInLibraries libraries)
    {
        if (libraries.Problem is { } problem) Assert.Skip(problem);
        Libraries = libraries;
    }

    protected StandInLibraries Libraries { get; }
}

/// <summary>The libraries are loaded once a process.</summary>
[CollectionDefinition(StandInTest.Name)]
public sealed class StandInCollection : ICollectionFixture<StandInLibraries>;
