using DiaOrleans.Server.Recognition.Models;

namespace DiaOrleans.Server.Recognition;

/// <summary>When a model that is missing is downloaded.</summary>
internal enum ModelDownloads
{
    Never,

    /// <summary>A client asks for a transcription, or for the model to be loaded.</summary>
    WhenAsked,

    /// <summary>Also without being asked, if a recording waits for its transcript.</summary>
    WhenNeeded,
}

/// <summary>How speech recognition runs.</summary>
internal sealed record RecognitionOptions
{
    /// <summary>Folder of the model files.</summary>
    public required string Folder { get; init; }

    /// <summary>When models that are missing are downloaded.</summary>
    public ModelDownloads Downloads { get; init; } = ModelDownloads.WhenAsked;

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
