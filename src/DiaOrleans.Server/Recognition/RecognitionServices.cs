using DiaOrleans.Grains.Recognition;
using DiaOrleans.Server.Models.Downloading;
using DiaOrleans.Server.Recognition.ModelFiles;

namespace DiaOrleans.Server.Recognition;

/// <summary>Registers speech recognition.</summary>
internal static class RecognitionServices
{
    /// <summary>
    /// Adds an <see cref="ISpeechRecognizer"/> that uses all silos which recognise. On such a silo Whisper runs in a child process.
    /// </summary>
    /// <param name="services">The services, which have <see cref="RecognitionOptions"/>.</param>
    /// <param name="isOn">Whether this silo recognises.</param>
    /// <param name="data">Path of the data folder.</param>
    public static IServiceCollection AddSpeechRecognition(this IServiceCollection services, bool isOn, string data)
    {
        services.AddClusterRecognition();
        if (!isOn) return services;
        services.AddSingleton(provider => CreateModels(
            provider.GetRequiredService<RecognitionOptions>(),
            data,
            provider.GetRequiredService<ILogger<WhisperModels>>()));
        services.AddSingleton<ISiloRecognizer, ChildRecognizer>();
        return services.AddHostedService<RecognizerWarmUp>();
    }

    /// <summary>The published models, in the folder of the settings.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="data">Path of the data folder.</param>
    /// <param name="logger">Log of the models.</param>
    public static WhisperModels CreateModels(RecognitionOptions options, string data, ILogger<WhisperModels> logger) =>
        new(options.FolderIn(data), options, PublishedModels.BySize, HttpFetch.CreateClient(), logger);
}
