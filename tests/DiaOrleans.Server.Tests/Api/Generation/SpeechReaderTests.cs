using System.Reflection;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Server.Api.Generation;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace DiaOrleans.Server.Tests.Api.Generation;

public sealed class SpeechReaderTests
{
    private static readonly SpeechRequest Request = new() { Text = "Hello.", VoiceId = "anna", Seed = 1 };

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_start_whose_silo_does_not_answer_is_repeated_as_a_new_request()
    {
        var speech = new FaultySpeech(faults: 3);
        await using var reader = new SpeechReader(speech.ToFactory(), NoSessions(), _time);
        var starting = reader.Start(Request, TestContext.Current.CancellationToken);
        while (!starting.IsCompleted) await Pass(TimeSpan.FromMilliseconds(250));
        (await starting).Outcome.ShouldBe(AdmissionOutcome.Accepted);
        speech.Started.Count.ShouldBe(4);
        speech.Started.Distinct().Count().ShouldBe(4, "nothing is left of a request whose start has failed");
    }

    [Fact]
    public async Task A_start_fails_if_no_silo_answers_for_some_seconds()
    {
        var speech = new FaultySpeech(faults: int.MaxValue);
        await using var reader = new SpeechReader(speech.ToFactory(), NoSessions(), _time);
        var starting = reader.Start(Request, TestContext.Current.CancellationToken);
        for (var i = 0; i < 40 && !starting.IsCompleted; i++) await Pass(TimeSpan.FromMilliseconds(250));
        await Should.ThrowAsync<SiloUnavailableException>(starting);
        speech.Started.Count.ShouldBeInRange(10, 30);
    }

    private SpeechSessions NoSessions()
    {
        // A folder of its own that does not exist: what is in the folder of unread audio is deleted.
        var folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        return new SpeechSessions(new UnreadAudio(new SpeechOptions(), folder), _time, NullLogger<SpeechSession>.Instance);
    }

    private async Task Pass(TimeSpan time)
    {
        await Task.Delay(5);
        _time.Advance(time);
    }

    /// <summary>Requests of which the first ones fail because a silo does not answer.</summary>
    private sealed class FaultySpeech(int faults)
    {
        /// <summary>Ids of the requests that were started.</summary>
        public List<Guid> Started { get; } = [];

        public IGrainFactory ToFactory()
        {
            var factory = DispatchProxy.Create<IGrainFactory, Proxy>();
            ((Proxy)(object)factory).Answer = (_, arguments) => ToGrain((Guid)arguments[0]!);
            return factory;
        }

        private ISpeechGrain ToGrain(Guid id)
        {
            var grain = DispatchProxy.Create<ISpeechGrain, Proxy>();
            ((Proxy)(object)grain).Answer = (method, _) => method.Name == nameof(ISpeechGrain.Start) ? Start(id) : Task.CompletedTask;
            return grain;
        }

        private Task<SpeechAdmission> Start(Guid id)
        {
            Started.Add(id);
            return Started.Count > faults
                ? Task.FromResult(new SpeechAdmission { Outcome = AdmissionOutcome.Accepted })
                : Task.FromException<SpeechAdmission>(new SiloUnavailableException());
        }
    }

    public class Proxy : DispatchProxy
    {
        public Func<MethodInfo, object?[], object?> Answer { get; set; } = (_, _) => null;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Answer(targetMethod!, args ?? []);
    }
}
