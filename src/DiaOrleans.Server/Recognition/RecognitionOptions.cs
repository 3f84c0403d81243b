using DiaOrleans.Server.Recognition.Models;

namespace DiaOrleans.Server.Recognition;

/// <summary>How speech recognition runs.</summary>
internal sealed record RecognitionOptions
{
    /// <summary>Folder of the model files.</summary>
    public required string Folder { get; init; }

    /// <summary>Models that are missing may be downloaded.</summary>
    public bool Downloads { get; init; } = true;

    /// <summary>Where the published model files lie: http or https.</summary>
    public Uri Source { get; init; } = PublishedModels.Home;

    /// <summary>Threads of one recognition.</summary>
    public int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 8);

    /// <summary>A process that has not answered for so long hangs, and is ended.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A model that nobody needs for so long leaves memory.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A download that brings nothing for so long has failed.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Between a download that was cut off and its going on.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);
}
