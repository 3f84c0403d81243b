using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Recognition.Models;

namespace DiaOrleans.Server.Recognition;

/// <summary>Wires speech recognition into a server.</summary>
internal static class RecognitionServices
{
    /// <summary>Whisper.net was there when this was built.</summary>
    public static bool BuiltIn =>
#if HAS_WHISPER
        true;
#else
        false;
#endif

    /// <summary>An <see cref="ISpeechRecognizer"/>: one that refuses where Whisper.net was missing when this was built.</summary>
    public static IServiceCollection AddSpeechRecognition(this IServiceCollection services, RecognitionOptions options)
    {
        if (!BuiltIn) return services.AddSingleton<ISpeechRecognizer, UnavailableRecognizer>();
        services.AddSingleton(options);
        services.AddSingleton(provider => new WhisperModels(options, PublishedModels.BySize, CreateClient(), provider.GetRequiredService<ILogger<WhisperModels>>()));
        services.AddSingleton<ISpeechRecognizer, ChildRecognizer>();
        return services.AddHostedService<RecognizerWarmUp>();
    }

    /// <summary>A client for files of gigabytes; silence ends a transfer, its length does not.</summary>
    public static HttpClient CreateClient() =>
        new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15) }) { Timeout = Timeout.InfiniteTimeSpan };
}
