using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Recognition.Models;

namespace DiaOrleans.Server.Recognition;

/// <summary>Wires speech recognition into a server.</summary>
internal static class RecognitionServices
{
    /// <summary>Adds an <see cref="ISpeechRecognizer"/> that runs Whisper in a child process.</summary>
    public static IServiceCollection AddSpeechRecognition(this IServiceCollection services, RecognitionOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider => CreateModels(options, provider.GetRequiredService<ILogger<WhisperModels>>()));
        services.AddSingleton<ISpeechRecognizer, ChildRecognizer>();
        return services.AddHostedService<RecognizerWarmUp>();
    }

    public static WhisperModels CreateModels(RecognitionOptions options, ILogger<WhisperModels> logger) => new(options, PublishedModels.BySize, CreateClient(), logger);

    /// <summary>A client for files of gigabytes: it has no time limit for a whole transfer.</summary>
    public static HttpClient CreateClient() =>
        new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15) }) { Timeout = Timeout.InfiniteTimeSpan };
}
