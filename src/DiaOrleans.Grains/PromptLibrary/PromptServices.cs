using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Transcripts;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.PromptLibrary;

/// <summary>Wires what stands around the grains of audio prompts.</summary>
public static class PromptServices
{
    /// <summary>
    /// Uploads, transcripts and discovery, and the codes for rendering. Needs an <see cref="Blobs.IBlobStore"/>, an <see cref="Audio.Reading.IRecordingReader"/>, an
    /// <see cref="Recognition.ISpeechRecognizer"/> and a <see cref="TimeProvider"/>. Call it after the silo is added: its work in the background starts after it.
    /// </summary>
    public static IServiceCollection AddAudioPrompts(this IServiceCollection services, PromptOptions options) => services
        .AddSingleton(options)
        .AddSingleton<PromptLocks>()
        .AddSingleton<PromptReader>()
        .AddSingleton<PromptVoices>()
        .AddSingleton<PromptBacklog>()
        .AddSingleton<RecognitionFailures>()
        .AddSingleton<RecognitionModels>()
        .AddSingleton<PromptRecognition>()
        .AddSingleton<PromptTranscripts>()
        .AddSingleton<PromptIntake>()
        .AddSingleton<PromptDiscovery>()
        .AddSingleton<PromptRemoval>()
        .AddSingleton<PromptInspection>()
        .AddSingleton<TranscriptResolver>()
        .AddSingleton<IPromptEncoder, WorkerPromptEncoder>()
        .AddSingleton<PromptCodesStore>()
        .AddSingleton<PromptSnapshots>()
        .AddSingleton<PromptResolver>()
        .AddHostedService<PromptHousekeeper>();
}
