using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Catalogs;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Grains.Settings;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Transcripts;
using DiaOrleans.Grains.Voices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>Registers the services of audio prompts.</summary>
public static class PromptServices
{
    /// <summary>
    /// Adds uploads, transcripts, discovery and the codes for rendering. The services need an <see cref="IBlobStore"/>,
    /// an <see cref="IRecordingReader"/>, an <see cref="ISpeechRecognizer"/> and a <see cref="TimeProvider"/>. Call it after the silo is
    /// added: the background service starts after the silo.
    /// </summary>
    public static IServiceCollection AddAudioPrompts(this IServiceCollection services)
    {
        services.TryAddSingleton(typeof(CurrentValue<>));
        services.TryAddSingleton<PromptOptions>();
        services.TryAddSingleton<ScriptOptions>();
        services.TryAddSingleton<CatalogOptions>();
        services.TryAddSingleton(new CloningPolicy(RequiresRecording: false));
        services.TryAddSingleton<IStateBatches, SingleReads>();
        services.TryAddSingleton<StoredReads>();
        services.TryAddSingleton<ActivationCopies>();
        services.TryAddSingleton<VoiceReads>();
        services.TryAddSingleton<PromptReads>();
        services.TryAddSingleton<OverrideOptions>();
        services.TryAddSingleton<ConfigurationOverrides>();
        services.TryAddSingleton<ConfigurationReads>();
        return services
            .AddSingleton<SharedPromptLocks>()
            .AddSingleton<PromptLocks>()
            .AddSingleton<PromptReader>()
            .AddSingleton<PromptSound>()
            .AddSingleton<PromptVoices>()
            .AddSingleton<PromptInspection>()
            .AddSingleton<PromptDiscoveryQueue>()
            .AddSingleton<RecognitionFailures>()
            .AddSingleton<RecognitionModels>()
            .AddSingleton<PromptRecognition>()
            .AddSingleton<PromptTranscripts>()
            .AddSingleton<PromptTranscriber>()
            .AddSingleton<TranscriptResolver>()
            .AddSingleton<IPromptEncoder, WorkerPromptEncoder>()
            .AddSingleton<PromptCodesStore>()
            .AddSingleton<PromptSnapshots>()
            .AddSingleton<PromptResolver>()
            .AddSingleton<PromptIntake>()
            .AddSingleton<PromptRegistration>()
            .AddSingleton<PromptDiscovery>()
            .AddSingleton<PromptRemoval>()
            .AddHostedService<PromptDiscoveryService>();
    }
}
