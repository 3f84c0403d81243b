namespace DiaOrleans.Abstractions.Logs;

/// <summary>What was generated, one entry a finished generation. One for the cluster: key 0.</summary>
[Alias("dia.generation-log")]
public interface IGenerationLogGrain : IGrainWithIntegerKey
{
    /// <summary>Stored before the call returns; a known id is not entered twice. There are 10 000 at most: the oldest go, some at a time.</summary>
    [Alias("append")]
    Task Append(GenerationEntry entry);

    /// <summary>Newest first, of one voice where <paramref name="voice"/> is not null.</summary>
    [Alias("list")]
    Task<GenerationPage> List(int limit, string? voice);

    /// <summary>Null where there is none of that id.</summary>
    [Alias("get")]
    Task<GenerationEntry?> Get(string id);

    /// <summary>Removes one entry and returns it, or null; its file is the caller's to remove.</summary>
    [Alias("remove")]
    Task<GenerationEntry?> Remove(string id);

    /// <summary>Removes all entries; files stay.</summary>
    [Alias("clear")]
    Task Clear();

    /// <summary>Removes entries older than <paramref name="before"/> and returns them.</summary>
    [Alias("remove-before")]
    Task<IReadOnlyList<GenerationEntry>> RemoveBefore(DateTimeOffset before);

    /// <summary>Removes the entries whose saved file is one of <paramref name="filePaths"/> and returns them.</summary>
    [Alias("remove-of")]
    Task<IReadOnlyList<GenerationEntry>> RemoveOf(IReadOnlyList<string> filePaths);
}

/// <summary>Entries and how many there are in all.</summary>
[GenerateSerializer, Immutable, Alias("dia.generation-page")]
public sealed record GenerationPage([property: Id(0)] IReadOnlyList<GenerationEntry> Entries, [property: Id(1)] int Total);

/// <summary>One finished generation; spec/api.md 6.4.</summary>
[GenerateSerializer, Immutable, Alias("dia.generation-entry")]
public sealed record GenerationEntry
{
    /// <summary>Also X-Generation-ID.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>When it finished, UTC.</summary>
    [Id(1)] public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The text as sent.</summary>
    [Id(2)] public required string Text { get; init; }

    /// <summary>Cleaned and tagged.</summary>
    [Id(3)] public required string ProcessedText { get; init; }

    /// <summary>Id of the voice.</summary>
    [Id(4)] public required string Voice { get; init; }

    /// <summary>Whether a recording was continued.</summary>
    [Id(5)] public bool AudioPromptUsed { get; init; }

    /// <summary>Seconds.</summary>
    [Id(6)] public double GenerationTime { get; init; }

    /// <summary>Relative path of the saved WAV, or null where none was saved.</summary>
    [Id(7)] public string? FilePath { get; init; }

    /// <summary>Bytes of that file, or null.</summary>
    [Id(8)] public long? FileSize { get; init; }
}
