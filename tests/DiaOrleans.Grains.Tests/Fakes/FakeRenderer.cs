using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Rendering;

namespace DiaOrleans.Grains.Tests.Fakes;

/// <summary>Renderings that begin and end when the test lets them.</summary>
internal sealed class FakeRenderer : ISpeechRenderer
{
    private readonly BlockingCollection<FakeRendering> _started = [];
    private int _count;

    /// <summary>The answer to the next calls; null admits them.</summary>
    public SpeechAdmission? Refusal { get; set; }

    /// <summary>If set, the next calls wait for it and are refused with its answer.</summary>
    public Task<SpeechAdmission>? Preparing { get; set; }

    /// <summary>Calls so far, refused ones included.</summary>
    public int Asked => _count;

    public async Task<RenderStart> Start(
        Guid id,
        SpeechRequest request,
        WorkPriority priority,
        CancellationToken stop,
        IRenderKeeping? keeping = null)
    {
        var preparing = Preparing;
        Interlocked.Increment(ref _count);
        priority.ShouldBe(WorkPriority.Background);
        if (Refusal is { } refusal) return new RenderStart(refusal);
        if (preparing is not null) return new RenderStart(await preparing.WaitAsync(stop));
        var rendering = new FakeRendering(id, request, keeping);
        _started.Add(rendering);
        return new RenderStart(new SpeechAdmission { Outcome = AdmissionOutcome.Accepted }, rendering);
    }

    /// <summary>The next admitted rendering, in order; waits for it.</summary>
    public FakeRendering Next() =>
        _started.TryTake(out var rendering, TimeSpan.FromSeconds(20)) ? rendering : throw new TimeoutException("No rendering was started.");

    public FakeRendering? TryNext() => _started.TryTake(out var rendering) ? rendering : null;
}

internal sealed class FakeRendering(Guid id, SpeechRequest request, IRenderKeeping? keeping) : ISpeechRendering
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<byte[]> _audio = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid Id => id;

    public SpeechRequest Request => request;

    public string ProcessedText => $"[S1] {request.Text} [S1]";

    public bool AudioPromptUsed => true;

    public string WorkerName => "worker_1";

    public Task Started => _started.Task;

    public int InputTokens => 1;

    public int OutputTokens => 1;

    public double Progress { get; set; }

    public SavedOutput? Saved => null;

    public NewCodes? NewCodes(string? call, int frames) => null;

    /// <summary>Stores the log entry before the last audio; null stores none.</summary>
    public Func<Task>? Log { get; set; }

    /// <summary>Ends when the runner disposes of it.</summary>
    public Task Disposed => _disposed.Task.WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>What <see cref="Finish"/> renders.</summary>
    public byte[] Audio => Encoding.UTF8.GetBytes($"{request.Text} {request.Seed}");

    public void Begin() => _started.TrySetResult();

    public void Finish()
    {
        Begin();
        _audio.TrySetResult(Audio);
    }

    public void Fail(Exception cause) => _audio.TrySetException(cause);

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Read([EnumeratorCancellation] CancellationToken stop)
    {
        var audio = await _audio.Task.WaitAsync(stop);
        yield return audio.AsMemory(0, 1);
        if (Log is not null) keeping!.StoreLater("The log entry", Log, stop);
        yield return audio.AsMemory(1);
    }

    public ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
