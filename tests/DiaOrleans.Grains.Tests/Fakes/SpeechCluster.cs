using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Recognition;
using Microsoft.Extensions.DependencyInjection;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>A <see cref="GrainCluster"/> whose requests are really rendered: only the engine is a fake.</summary>
internal static class SpeechCluster
{
    public static Task<GrainCluster> Start(bool loaded = true) => GrainCluster.Start(loaded: loaded, configure: services => services
        .AddSingleton<IRecordingReader, WaveReader>()
        .AddSingleton<ISpeechRecognizer>(new FakeRecognizer { Available = false })
        .AddAudioPrompts());
}
