using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Recognition.ModelFiles;

namespace DiaOrleans.Server.Recognition;

/// <summary>Registers speech recognition.</summary>
internal static class RecognitionServices
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(15);

    /// <summary>Adds an <see cref="ISpeechRecognizer"/> that runs Whisper in a child process.</summary>
    /// <param name="services">The services, which have <see cref="RecognitionOptions"/>.</param>
    /// <param name="data">Path of the data folder.</param>
    public static IServiceCollection AddSpeechRecognition(this IServiceCollection services, string data)
    {
        services.AddSingleton(provider => CreateModels(
            provider.GetRequiredService<RecognitionOptions>(),
            data,
            provider.GetRequiredService<ILogger<WhisperModels>>()));
        services.AddSingleton<ISpeechRecognizer, ChildRecognizer>();
        return services.AddHostedService<RecognizerWarmUp>();
    }

    /// <summary>The published models, in the folder of the settings.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="data">Path of the data folder.</param>
    /// <param name="logger">Log of the models.</param>
    public static WhisperModels CreateModels(RecognitionOptions options, string data, ILogger<WhisperModels> logger) =>
        new(options.FolderIn(data), options, PublishedModels.BySize, CreateClient(), logger);

    /// <summary>A client for files of gigabytes: without a time limit for a whole transfer.</summary>
    public static HttpClient CreateClient() =>
        new(new SocketsHttpHandler { ConnectTimeout = ConnectLimit }) { Timeout = Timeout.InfiniteTimeSpan };
}
