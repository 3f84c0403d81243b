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
        var catalog = NewCatalog(new TimeoutException("late"), new OrleansException("lost"));
        var answer = await Submit(catalog);
        answer.Outcome.ShouldBe(JobOutcome.Accepted);
        catalog.Submitted.ShouldBe([answer.JobId, answer.JobId, answer.JobId]);
    }

    [Fact]
    public async Task A_submission_that_fails_three_times_throws_the_last_fault()
    {
        var catalog = NewCatalog(new TimeoutException("1"), new TimeoutException("2"), new OrleansException("3"));
        (await Should.ThrowAsync<OrleansException>(Submit(catalog))).Message.ShouldBe("3");
        catalog.Submitted.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Another_fault_is_thrown_at_once()
    {
        var catalog = NewCatalog(new InvalidOperationException());
        await Should.ThrowAsync<InvalidOperationException>(Submit(catalog));
        catalog.Submitted.Count.ShouldBe(1);
    }

    private static Catalog NewCatalog(params Exception[] faults)
    {
        var catalog = (Catalog)(object)DispatchProxy.Create<IJobCatalogGrain, Catalog>();
        catalog.Faults = new Queue<Exception>(faults);
        return catalog;
    }

    private static Task<JobAcceptance> Submit(Catalog catalog)
    {
        var grains = DispatchProxy.Create<IGrainFactory, Factory>();
        ((Factory)(object)grains).Catalog = catalog;
        return new JobService(grains, new MemoryBlobs(), TimeProvider.System).Submit(new SpeechRequest { Text = "x", VoiceId = "v" });
    }

    private class Factory : DispatchProxy
    {
        public object Catalog { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Catalog;
    }

    private class Catalog : DispatchProxy
    {
        public Queue<Exception> Faults { get; set; } = [];

        public List<Guid> Submitted { get; } = [];

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var id = ((JobSubmission)args![0]!).Id;
            Submitted.Add(id);
            return Faults.TryDequeue(out var fault)
                ? Task.FromException<JobAcceptance>(fault)
                : Task.FromResult(new JobAcceptance(JobOutcome.Accepted, id));
        }
    }
}
