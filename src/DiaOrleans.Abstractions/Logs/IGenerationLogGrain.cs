using DiaOrleans.Abstractions.Calls;
using System.Text.Json.Serialization;

namespace DiaOrleans.Abstractions.Logs;

/// <summary>The generation log: one entry for each finished generation. One grain for the cluster, key 0.</summary>
[Alias("dia.generation-log")]
public interface IGenerationLogGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Adds an entry, stored before the call returns. An id that is in the log is not added again. The log has 10 000 entries at most, and
    /// a limit in bytes; a full log drops its oldest page.
    /// </summary>
    [Alias("append")]
    Task Append(GenerationEntry entry);

    /// <summary>
    /// Adds an entry as <see cref="Append"/> does, but returns when it can be listed; it is stored within half a second, together with
    /// others. If the store fails then, the entry is lost, and the server's log says so.
    /// </summary>
    [Alias("note"), ResponseTimeout("00:00:05")]
    Task Note(GenerationEntry entry);

    /// <summary>Lists entries, newest first.</summary>
    /// <param name="limit">Length of the list at most, 0 or more.</param>
    /// <param name="voice">Only entries of this voice; null for all.</param>
    [Alias("list"), ResponseTimeout(AnswerLimits.Single)]
    Task<GenerationPage> List(int limit, string? voice);

    /// <summary>The entry with this id, or null.</summary>
    [Alias("get"), ResponseTimeout(AnswerLimits.Single)]
    Task<GenerationEntry?> Get(string id);

    /// <summary>Removes the entry with this id and returns it, or null. The caller removes its file.</summary>
    [Alias("remove"), ResponseTimeout(AnswerLimits.Single)]
    Task<GenerationEntry?> Remove(string id);

    /// <summary>Removes all entries; their files stay.</summary>
    [Alias("clear"), ResponseTimeout(AnswerLimits.Single)]
    Task Clear();

    /// <summary>Removes entries older than <paramref name="before"/> and returns them. The caller removes their files.</summary>
    [Alias("remove-before")]
    Task<IReadOnlyList<GenerationEntry>> RemoveBefore(DateTimeOffset before);

    /// <summary>Removes the entries whose saved file is one of <paramref name="filePaths"/> and returns them.</summary>
    [Alias("remove-of")]
    Task<IReadOnlyList<GenerationEntry>> RemoveByFiles(IReadOnlyList<string> filePaths);
}

/// <summary>A list of log entries.</summary>
/// <param name="Entries">The entries listed, newest first.</param>
/// <param name="Total">Number of all entries in the log.</param>
[GenerateSerializer, Immutable, Alias("dia.generation-page")]
public sealed record GenerationPage([property: Id(0)] IReadOnlyList<GenerationEntry> Entries, [property: Id(1)] int Total);

/// <summary>One finished generation; docs/api.md, Log.</summary>
[GenerateSerializer, Immutable, Alias("dia.generation-entry")]
public sealed record GenerationEntry
{
    /// <summary>Id of the generation, the same as in X-Generation-ID.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>When it finished, UTC.</summary>
    [Id(1)] public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The text as the client sent it.</summary>
    [Id(2)] public required string Text { get; init; }

    /// <summary>The cleaned and tagged text.</summary>
    [Id(3)] public required string ProcessedText { get; init; }

    /// <summary>Id of the voice.</summary>
    [Id(4)] public required string Voice { get; init; }

    /// <summary>Whether the speech continues an audio prompt.</summary>
    [Id(5)] public bool AudioPromptUsed { get; init; }

    /// <summary>Seconds from the start of the rendering to its end.</summary>
    [Id(6)] public double GenerationTime { get; init; }

    /// <summary>Blob key of the saved WAV file, like <c>audio_outputs/NAME.wav</c>; null if none was saved.</summary>
    [Id(7)] public string? FilePath { get; init; }

    /// <summary>Bytes of that file; null if none was saved.</summary>
    [Id(8)] public long? FileSize { get; init; }

    /// <summary>The seed that was used, also where it was drawn; null, and not stored, in entries of earlier releases.</summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public long? SeedUsed { get; init; }
}
