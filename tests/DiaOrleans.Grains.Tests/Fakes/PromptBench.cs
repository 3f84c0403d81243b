using System.Text;
using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Audio.Reading;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Cloning;
using DiaOrleans.Grains.PromptLibrary;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Transcripts;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>The services of audio prompts on real grains and a folder of files, with fakes for reading, recognition and encoding.</summary>
internal sealed class PromptBench : IAsyncDisposable
{
    /// <summary>A model that continues prompts; its codec is named codec.</summary>
    public static readonly ModelFacts Model = new()
    {
        Name = "m",
        Precision = "fp32",
        FrameRate = 50,
        SampleRate = 16000,
        MaxTextIds = 100,
        MaxTextBytes = 60,
        MaxNewFrames = 1000,
        Guidance = 3,
        Temperature = 1,
        TopP = 1,
        CodecFingerprint = "codec",
    };

    private readonly ServiceProvider _services;

    private PromptBench(GrainCluster cluster, bool requiresRecording)
    {
        Cluster = cluster;
        Blobs = new FolderBlobStore(Folder);
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(new CloningPolicy(requiresRecording))
            .AddAudioPrompts()
            .AddSingleton<IRecordingReader>(Reader)
            .AddSingleton<ISpeechRecognizer>(Recognizer)
            .AddSingleton<IPromptEncoder>(Encoder)
            .AddSingleton<IBlobStore>(Blobs)
            .AddSingleton(cluster.Grains)
            .AddSingleton(cluster.Silos[0].ServiceProvider.GetRequiredService<ILocalSiloDetails>())
            .AddSingleton<TimeProvider>(cluster.Time)
            .AddKeyedSingleton<IGrainStorage>(StateStorage.ProviderName, cluster.Storage)
            .BuildServiceProvider();
    }

    public GrainCluster Cluster { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("dia-prompts-").FullName;

    public FolderBlobStore Blobs { get; }

    public WaveReader Reader { get; } = new();

    public FakeRecognizer Recognizer { get; } = new();

    public FakePromptEncoder Encoder { get; } = new();

    public PromptIntake Intake => Get<PromptIntake>();

    public PromptDiscovery Discovery => Get<PromptDiscovery>();

    public PromptTranscripts Transcripts => Get<PromptTranscripts>();

    public static async Task<PromptBench> Start(bool requiresRecording = false)
    {
        var bench = new PromptBench(await GrainCluster.Start(loaded: false), requiresRecording);
        await bench.Configure(new ServerConfiguration { AutoTranscribe = false });
        return bench;
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public Task Configure(ServerConfiguration configuration) => Cluster.Grains.GetGrain<IConfigurationGrain>(0).Replace(configuration);

    public IAudioPromptGrain Prompt(string id) => Cluster.Grains.GetGrain<IAudioPromptGrain>(id);

    public Task<IReadOnlyList<AudioPrompt>> Listed() => Cluster.Grains.GetGrain<IAudioPromptCatalogGrain>(0).List();

    public Task Put(string name, string text) => Blobs.Write($"audio_prompts/{name}", Encoding.UTF8.GetBytes(text));

    public Task Put(string name, byte[] content) => Blobs.Write($"audio_prompts/{name}", content);

    public string? Read(string name)
    {
        var path = Path.Combine(Folder, "audio_prompts", name);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    public Task<VoiceSettings?> Voice(string id, string prompt, string? transcript = null) =>
        Cluster.Voice(id).Put(new VoiceSettings("neutral", "S1", prompt, transcript));

    public async Task<string?> TranscriptOf(string voice) => (await Cluster.Voice(voice).Get())!.AudioPromptTranscript;

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Cluster.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
