using DiaOrleans.Server.Models.Downloading;
using DiaOrleans.Server.Recognition.ModelFiles;
using DiaOrleans.Server.Settings.Rules;

namespace DiaOrleans.Server.Recognition;

/// <summary>When a model that is missing is downloaded.</summary>
internal enum ModelDownloads
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>If a client requests a transcription, or that the model is loaded.</summary>
    OnRequest,

    /// <summary>Also if a recording waits for its transcript.</summary>
    Always,
}

/// <summary>How speech recognition runs. The internal properties are not settings.</summary>
internal sealed record RecognitionOptions
{
    private const string FolderName = "whisper_models";

    /// <summary>
    /// Whether speech is recognised here: on, off, or auto, the default: on silos with engines. Silos without it use those that have it.
    /// </summary>
    [OneOf("auto", "on", "off")]
    public string Recognition
    {
        get;
        init => field = value.ToLowerInvariant();
    }
    = "auto";

    /// <summary>Folder of the model files; null takes whisper_models in the data folder.</summary>
    public string? WhisperModels { get; init; }

    /// <summary>
    /// When models that are missing are downloaded. Null, the default: if a client requests a transcription or the model. True: also if a
    /// recording waits for its transcript. False: never.
    /// </summary>
    public bool? WhisperDownloads { get; init; }

    /// <summary>The http or https address of the folder that model files are downloaded from; null takes the published one.</summary>
    [HttpUrl]
    public string? WhisperModelUrl { get; init; }

    /// <summary>Threads of one recognition.</summary>
    internal int ThreadCount { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 8);

    /// <summary>A process that does not answer for so long is ended.</summary>
    internal TimeSpan AnswerLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The process with its model ends after so long without a request.</summary>
    internal TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Limits of a download.</summary>
    internal DownloadLimits Limits { get; init; } = new();

    /// <summary>Whether speech is recognised here.</summary>
    /// <param name="hasEngines">Whether engines run here.</param>
    public bool IsOn(bool hasEngines) => Recognition == "on" || (Recognition == "auto" && hasEngines);

    /// <summary><see cref="WhisperDownloads"/> as a rule.</summary>
    public ModelDownloads Downloads => WhisperDownloads switch
    {
        true => ModelDownloads.Always,
        false => ModelDownloads.Never,
        null => ModelDownloads.OnRequest,
    };

    /// <summary><see cref="WhisperModelUrl"/> with a slash at its end, or the published address.</summary>
    public Uri Source => string.IsNullOrEmpty(WhisperModelUrl) ? PublishedModels.Home : new Uri(WhisperModelUrl.TrimEnd('/') + "/");

    /// <summary>Path of the folder of model files.</summary>
    /// <param name="data">Path of the data folder.</param>
    public string FolderIn(string data) => WhisperModels ?? Path.Combine(data, FolderName);
}
