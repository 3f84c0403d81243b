using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Recognition;
using DiaOrleans.Grains.SiloReports;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace DiaOrleans.Grains.Tests.Recognition;

/// <summary>Three silos, of which two recognise.</summary>
public sealed class ClusterRecognizerTests : IAsyncLifetime
{
    private static readonly float[] Sound = [0.1f, 0.2f];

    private int _silos;
    private GrainCluster _cluster = null!;

    public async ValueTask InitializeAsync() =>
        _cluster = await GrainCluster.Start(silos: 3, realTime: true, loaded: false, configure: services =>
        {
            if (Interlocked.Increment(ref _silos) > 1) services.AddSingleton<ISiloRecognizer>(new FakeRecognizer());
            services.AddSiloReports().AddSingleton<ISiloReporter, Reporter>().AddClusterRecognition();
        });

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Every_silo_uses_the_silos_that_recognise_and_says_which()
    {
        foreach (var silo in _cluster.Silos)
        {
            var recognizer = await Recognizer(silo);
            (await recognizer.Recognize(Sound, "base", asked: true, CancellationToken.None)).Text.ShouldBe("Heard words.");
            var status = await recognizer.GetStatus("base");
            status.Available.ShouldBeTrue();
            var names = _cluster.Silos.Where(other => FakeOf(other) is not null).Select(other => other.Name).Order(StringComparer.Ordinal);
            status.Message.ShouldBe($"{string.Join(", ", names)}: The fake model base.");
        }

        Fakes.Sum(fake => fake.Calls).ShouldBe(3);
        Fakes.Count(fake => fake.Calls == 3).ShouldBe(1, "one silo has all recognitions of a recording");
    }

    [Fact]
    public async Task Two_silos_that_ask_for_one_recording_at_the_same_time_get_one_recognition()
    {
        var gate = new TaskCompletionSource();
        foreach (var fake in Fakes) fake.Gate = gate.Task;
        var asked = new List<Task<RecognizedSpeech>>();
        foreach (var silo in _cluster.Silos)
        {
            var recognizer = await Recognizer(silo);
            var isAsked = asked.Count > 0;
            asked.Add(Task.Run(() => recognizer.Recognize(Sound, "base", isAsked, CancellationToken.None)));
        }

        await GrainCluster.Until(() => Task.FromResult(_cluster.Silos.Sum(CountCallers) == asked.Count));
        gate.SetResult();
        foreach (var speech in await Task.WhenAll(asked)) speech.Text.ShouldBe("Heard words.");
        Fakes.Sum(fake => fake.Calls).ShouldBe(1);
    }

    [Fact]
    public async Task A_silo_that_is_killed_during_a_recognition_is_replaced_by_the_other_one()
    {
        var recognizer = await Recognizer(WithoutRecognition);
        var gate = new TaskCompletionSource();
        foreach (var fake in Fakes) fake.Gate = gate.Task;
        var asked = recognizer.Recognize(Sound, "base", asked: true, CancellationToken.None);
        await GrainCluster.Until(() => Task.FromResult(Fakes.Sum(fake => fake.Calls) > 0));
        var other = Fakes.Single(fake => fake.Calls == 0);
        await _cluster.Cluster.KillSiloAsync(_cluster.Silos.Single(silo => FakeOf(silo)?.Calls > 0));
        gate.SetResult();
        (await asked.WaitAsync(TimeSpan.FromSeconds(30))).Text.ShouldBe("Heard words.");
        other.Calls.ShouldBe(1);
    }

    [Theory]
    [InlineData(RecognitionFault.Model)]
    [InlineData(RecognitionFault.Process)]
    public async Task A_failure_of_one_silo_is_made_good_by_the_other_and_a_recording_that_fails_is_not_tried_again(RecognitionFault fault)
    {
        var recognizer = await Recognizer(WithoutRecognition);
        await recognizer.Recognize(Sound, "base", asked: true, CancellationToken.None);
        var first = Fakes.Single(fake => fake.Calls == 1);
        first.Failure = new RecognitionException("Broken.") { Fault = fault };
        (await recognizer.Recognize(Sound, "base", asked: true, CancellationToken.None)).Text.ShouldBe("Heard words.");
        Fakes.Select(fake => fake.Calls).Sum().ShouldBe(3);

        first.Failure = new RecognitionException("A bad recording.");
        var failed = await Should.ThrowAsync<RecognitionException>(
            () => recognizer.Recognize(Sound, "base", asked: true, CancellationToken.None));
        (failed.Message, failed.Fault).ShouldBe(("A bad recording.", RecognitionFault.Recording));
        Fakes.Select(fake => fake.Calls).Sum().ShouldBe(4);
    }

    [Fact]
    public async Task A_load_reaches_all_silos_with_the_model_and_succeeds_if_one_does()
    {
        var recognizer = await Recognizer(WithoutRecognition);
        await recognizer.Load("base", CancellationToken.None);
        Fakes.ShouldAllBe(fake => fake.Loaded == "base");
        Fakes[0].Failure = new RecognitionException("Broken.") { Fault = RecognitionFault.Model };
        await recognizer.Load("tiny", CancellationToken.None);
        Fakes.Select(fake => fake.Loaded).ShouldBe(["base", "tiny"]);
        Fakes[1].Failure = Fakes[0].Failure;
        (await Should.ThrowAsync<RecognitionException>(() => recognizer.Load("base", CancellationToken.None))).Message.ShouldBe("Broken.");
    }

    [Fact]
    public async Task A_caller_that_leaves_stops_the_recognition()
    {
        var recognizer = await Recognizer(WithoutRecognition);
        foreach (var fake in Fakes) fake.Gate = Task.Delay(Timeout.Infinite, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var asked = recognizer.Recognize(Sound, "base", asked: true, stop.Token);
        await GrainCluster.Until(() => Task.FromResult(Fakes.Sum(fake => fake.Calls) == 1));
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asked);
        await GrainCluster.Until(() => Task.FromResult(Fakes.Sum(fake => fake.Stopped) == 1));
    }

    private static int CountCallers(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<SiloRecognition>().Callers;

    private InProcessSiloHandle WithoutRecognition => _cluster.Silos.Single(silo => FakeOf(silo) is null);

    private FakeRecognizer[] Fakes => [.. _cluster.Silos.Select(FakeOf).OfType<FakeRecognizer>()];

    private static FakeRecognizer? FakeOf(InProcessSiloHandle silo) =>
        (FakeRecognizer?)silo.ServiceProvider.GetService<ISiloRecognizer>();

    /// <summary>The recognizer of a silo that knows what the others do.</summary>
    private static async Task<ISpeechRecognizer> Recognizer(InProcessSiloHandle silo)
    {
        var reports = silo.ServiceProvider.GetRequiredService<ClusterReports>();
        await GrainCluster.Until(async () =>
            (await reports.Read()).Count(report => report is { IsFresh: true, Recognizer: not null }) == 2);
        return silo.ServiceProvider.GetRequiredService<ISpeechRecognizer>();
    }

    private sealed class Reporter(ILocalSiloDetails silo, SiloRecognition recognition) : ISiloReporter
    {
        public ValueTask<SiloReport> Report() => new(new SiloReport { Silo = silo.Name, Recognizer = recognition.Report() });
    }
}
