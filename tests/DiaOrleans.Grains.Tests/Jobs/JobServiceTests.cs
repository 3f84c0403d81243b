using System.Reflection;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.Jobs;

public sealed class JobServiceTests
{
    [Fact]
    public async Task A_submission_whose_answer_is_late_or_lost_is_repeated_with_the_same_id()
    {
        var catalog = DispatchProxy.Create<IJobCatalogGrain, Catalog>();
        var grains = DispatchProxy.Create<IGrainFactory, Factory>();
        ((Factory)(object)grains).Catalog = catalog;
        var answers = (Catalog)(object)catalog;
        answers.Faults = new Queue<Exception>([new TimeoutException("late"), new OrleansException("lost")]);
        var service = new JobService(grains, new MemoryBlobs(), TimeProvider.System);
        var answer = await service.Submit(new SpeechRequest { Text = "x", VoiceId = "v" });
        answer.Outcome.ShouldBe(JobOutcome.Accepted);
        answers.Asked.Count.ShouldBe(3);
        answers.Asked.ShouldAllBe(id => id == answer.JobId);
    }

    private class Factory : DispatchProxy
    {
        public IJobCatalogGrain Catalog { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Catalog;
    }

    private class Catalog : DispatchProxy
    {
        public Queue<Exception> Faults { get; set; } = [];

        public List<Guid> Asked { get; } = [];

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var id = ((JobSubmission)args![0]!).Id;
            Asked.Add(id);
            return Faults.TryDequeue(out var fault)
                ? Task.FromException<JobAcceptance>(fault)
                : Task.FromResult(new JobAcceptance(JobOutcome.Accepted, id));
        }
    }
}
