using DiaOrleans.Grains.Workers;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;
using Microsoft.Extensions.Logging.Abstractions;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>An engine with the shipped model, whose calls a test can end as a broken engine does.</summary>
internal sealed class NanoEngine : ISpeechEngine, ISpeechEngineFactory
{
    private static readonly ModelOptions Options = new() { Folder = FindModel(), Slots = 4, Threads = 1 };

    private readonly Lazy<SpeechEngine> _engine = new(() => SpeechEngine.Open(Options, NullLogger<SpeechEngine>.Instance));

    public ModelDescription Model => _engine.Value.Model;

    public int Slots => _engine.Value.Slots;

    public EngineLoad Load => _engine.Value.Load;

    public EngineFault? Fault => _engine.Value.Fault;

    public EngineProgress Progress => new(IsLate, _engine.Value.Progress.Step);

    /// <summary>Whether a native call takes too long.</summary>
    public bool IsLate { get; set; }

    /// <summary>Called with each admitted call.</summary>
    public Action<SpeechRun>? Admitted { get; set; }

    Task<ISpeechEngine> ISpeechEngineFactory.Load(string device, CancellationToken cancellationToken)
    {
        _ = _engine.Value;
        return Task.FromResult<ISpeechEngine>(this);
    }

    public EngineAdmission TryStart(SpeechCall call)
    {
        var answer = _engine.Value.TryStart(call);
        if (answer.Run is { } run) Admitted?.Invoke(run);
        return answer;
    }

    public EncodingAdmission TryEncode(float[] samples) => _engine.Value.TryEncode(samples);

    /// <summary>Ends a run as a broken engine does, when it has so many frames. What its threads still make is dropped.</summary>
    public static async Task BreakAt(SpeechRun run, int frames)
    {
        await foreach (var _ in run.ReadEvents())
        {
            if (run.Frames >= frames) break;
        }

        run.Fail(new EngineBrokenException(new EngineFault("A step has not returned.", IsStalled: true)));
        run.Cancel();
    }

    public Task DrainAsync(CancellationToken limit) => _engine.Value.DrainAsync(limit);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Releases the model.</summary>
    public ValueTask Close() => _engine.IsValueCreated ? _engine.Value.DisposeAsync() : ValueTask.CompletedTask;

    private static string FindModel()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var model = Path.Combine(folder.FullName, "models", "dia-nano");
            if (Directory.Exists(model)) return model;
        }

        throw new DirectoryNotFoundException("The tests run in a clone of the repository.");
    }
}
