using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Recognition;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>A <see cref="GrainCluster"/> whose requests are really rendered: only the engine is a fake.</summary>
internal static class SpeechCluster
{
    public static Task<GrainCluster> Start(bool loaded = true, int silos = 1, bool realTime = false) =>
        GrainCluster.Start(loaded: loaded, silos: silos, realTime: realTime, configure: AddRendering);

    /// <summary>Silos whose engines speak with the shipped model, by the clock of the system.</summary>
    public static Task<GrainCluster> StartSpeaking(IReadOnlyList<NanoEngine> engines) =>
        GrainCluster.Start(silos: engines.Count, realTime: true, factories: engines, configure: AddRendering);

    /// <summary>One that runs jobs by the clock of the system.</summary>
    public static Task<GrainCluster> StartWithJobs(SharedStorage storage, MemoryBlobs blobs, int silos = 1) =>
        GrainCluster.Start(storage, silos, realTime: true, blobs: blobs, jobs: true, configure: AddRendering);

    private static void AddRendering(IServiceCollection services) => services
        .AddSingleton<IRecordingReader, WaveReader>()
        .AddSingleton<ISpeechRecognizer>(new FakeRecognizer { Available = false })
        .AddAudioPrompts();
}
