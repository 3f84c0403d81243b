using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Recognition;

/// <summary>Registers speech recognition by the silos of a cluster.</summary>
public static class ClusterRecognitionServices
{
    /// <summary>
    /// Adds an <see cref="ISpeechRecognizer"/> that uses all silos with an <see cref="ISiloRecognizer"/>. It needs the reports of silos.
    /// </summary>
    public static IServiceCollection AddClusterRecognition(this IServiceCollection services) =>
        services.AddSingleton<SiloRecognition>().AddSingleton<ISpeechRecognizer, ClusterRecognizer>();
}
