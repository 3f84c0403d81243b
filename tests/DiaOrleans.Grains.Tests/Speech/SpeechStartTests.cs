using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.Speech;

/// <summary>Starts of requests whose silos do not answer, or whose clients leave.</summary>
public sealed class SpeechStartTests
{
    private static readonly SpeechRequest Request = new() { Text = "Hello.", VoiceId = "anna", Seed = 1 };

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_start_whose_silo_does_not_answer_is_repeated_as_a_new_request()
    {
        var renderer = new FaultyRenderer(faults: 3);
        await using var speech = Create(renderer);
        var starting = speech.Start(Request);
        while (!starting.IsCompleted) await Pass(TimeSpan.FromMilliseconds(250));
        (await starting).Outcome.ShouldBe(AdmissionOutcome.Accepted);
        renderer.Started.Count.ShouldBe(4);
        renderer.Started.Distinct().Count().ShouldBe(4, "nothing is left of a request whose start has failed");
        speech.Id.ShouldBe(renderer.Started[^1]);
        renderer.Rendering!.Finish();
        (await speech.Wait()).Status.ShouldBe(SpeechStatus.Completed);
        (await speech.ReadAll()).SelectMany(part => part).ShouldBe(renderer.Rendering.Audio);
    }

    [Fact]
    public async Task A_start_fails_if_no_silo_answers_for_some_seconds()
    {
        var renderer = new FaultyRenderer(faults: int.MaxValue);
        await using var speech = Create(renderer);
        var starting = speech.Start(Request);
        for (var i = 0; i < 40 && !starting.IsCompleted; i++) await Pass(TimeSpan.FromMilliseconds(250));
        await Should.ThrowAsync<SiloUnavailableException>(starting);
        renderer.Started.Count.ShouldBeInRange(10, 30);
    }

    [Theory]
    [InlineData(true, AdmissionOutcome.Unavailable)]
    [InlineData(false, AdmissionOutcome.Failed)]
    public async Task A_start_that_meets_a_fault_is_refused(bool passing, AdmissionOutcome expected)
    {
        var renderer = new FaultyRenderer(faults: 1) { Fault = new RenderException("Broken.", passing: passing) };
        await using var speech = Create(renderer);
        (await speech.Start(Request)).ShouldSatisfyAllConditions(
            answer => answer.Outcome.ShouldBe(expected), answer => answer.Reason.ShouldBe("Broken."));
        renderer.Started.Count.ShouldBe(1);
        (await speech.Wait()).ShouldBe(new SpeechSnapshot { Status = SpeechStatus.Failed, Error = "Broken." });
    }

    [Fact]
    public async Task Nobody_waits_for_the_start_of_a_client_that_leaves_and_its_work_is_stopped()
    {
        var renderer = new FaultyRenderer(faults: 0) { Gate = new TaskCompletionSource() };
        var speech = Create(renderer);
        using var connection = new CancellationTokenSource();
        var starting = speech.Start(Request, connection.Token);
        await connection.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(starting);
        await speech.DisposeAsync();
        renderer.Gate.SetResult();
        await renderer.Rendering!.Disposed;
        speech.Look().Status.ShouldBe(SpeechStatus.Cancelled);
    }

    private SpeechSession Create(FaultyRenderer renderer)
    {
        // A folder of its own that does not exist: what is in the folder of unread audio is deleted.
        var folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        var unread = new UnreadAudio(new SpeechOptions(), folder);
        return new SpeechSessions(renderer, unread, _time, NullLogger<SpeechSession>.Instance).Create();
    }

    private async Task Pass(TimeSpan time)
    {
        await Task.Delay(5);
        _time.Advance(time);
    }

    /// <summary>A renderer whose first starts fail.</summary>
    private sealed class FaultyRenderer(int faults) : ISpeechRenderer
    {
        /// <summary>How they fail.</summary>
        public Exception Fault { get; init; } = new SiloUnavailableException();

        /// <summary>A start waits for its end.</summary>
        public TaskCompletionSource? Gate { get; init; }

        /// <summary>Ids of the requests that were started.</summary>
        public List<Guid> Started { get; } = [];

        /// <summary>The last one that was admitted.</summary>
        public FakeRendering? Rendering { get; private set; }

        public async Task<RenderStart> Start(
            Guid id,
            SpeechRequest request,
            WorkPriority priority,
            CancellationToken stop,
            IRenderKeeping? keeping = null)
        {
            Started.Add(id);
            if (Started.Count <= faults) throw Fault;
            Rendering = new FakeRendering(id, request, keeping);
            if (Gate is not null) await Gate.Task;
            return new RenderStart(new SpeechAdmission { Outcome = AdmissionOutcome.Accepted }, Rendering);
        }
    }
}
