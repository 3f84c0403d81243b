using System.Reflection;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.Jobs.Submission;

public sealed class JobServiceTests
{
    [Fact]
    public async Task A_submission_whose_answer_is_late_or_lost_is_repeated_with_the_same_id()
    {
        var grains = new FakeGrains(new TimeoutException("late"), new OrleansException("lost"));
        var answer = await Submit(grains);
        answer.Outcome.ShouldBe(JobOutcome.Accepted);
        grains.Submitted.ShouldBe([answer.JobId, answer.JobId, answer.JobId]);
    }

    [Fact]
    public async Task A_submission_that_fails_three_times_throws_the_last_fault()
    {
        var grains = new FakeGrains(new TimeoutException("1"), new TimeoutException("2"), new OrleansException("3"));
        (await Should.ThrowAsync<OrleansException>(Submit(grains))).Message.ShouldBe("3");
        grains.Submitted.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Another_fault_is_thrown_at_once()
    {
        var grains = new FakeGrains(new InvalidOperationException());
        await Should.ThrowAsync<InvalidOperationException>(Submit(grains));
        grains.Submitted.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_id_that_was_given_up_is_replaced_by_another_one()
    {
        var grains = new FakeGrains { Answers = new([StoredJob.Abandoned, StoredJob.Unfinished]) };
        var answer = await Submit(grains);
        grains.Submitted.Distinct().Count().ShouldBe(2);
        answer.JobId.ShouldBe(grains.Submitted[1]);
        grains.Removed.ShouldBe([grains.Submitted[0]]);
        grains.Confirmed.ShouldBe([answer.JobId]);
    }

    private static Task<JobAcceptance> Submit(FakeGrains grains)
    {
        var factory = DispatchProxy.Create<IGrainFactory, Factory>();
        ((Factory)(object)factory).Grains = grains;
        return new JobService(factory, new MemoryBlobs(), new JobOptions(), TimeProvider.System)
            .Submit(new SpeechRequest { Text = "x", VoiceId = "v" });
    }

    private sealed class FakeGrains(params Exception[] faults)
    {
        public Queue<Exception> Faults { get; } = new(faults);

        public Queue<StoredJob> Answers { get; init; } = [];

        public List<Guid> Submitted { get; } = [];

        public List<Guid> Confirmed { get; } = [];

        public List<Guid> Removed { get; } = [];
    }

    private class Factory : DispatchProxy
    {
        public object Grains { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var proxy = (Grain)DispatchProxy.Create(targetMethod!.ReturnType, typeof(Grain));
            proxy.Grains = (FakeGrains)Grains;
            return proxy;
        }
    }

    private class Grain : DispatchProxy
    {
        public object Grains { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var grains = (FakeGrains)Grains;
            switch (targetMethod!.Name)
            {
                case nameof(IJobQueueGrain.Enqueue):
                    return Task.FromResult(new JobPlace(1));
                case nameof(IJobQueueGrain.Confirm):
                    grains.Confirmed.Add((Guid)args![0]!);
                    return Task.CompletedTask;
                case nameof(IJobQueueGrain.Remove):
                    grains.Removed.Add((Guid)args![0]!);
                    return Task.CompletedTask;
                case nameof(IJobGrain.Submit):
                    grains.Submitted.Add(((JobSubmission)args![0]!).Id);
                    return grains.Faults.TryDequeue(out var fault)
                        ? Task.FromException<StoredJob>(fault)
                        : Task.FromResult(grains.Answers.TryDequeue(out var answer) ? answer : StoredJob.Unfinished);
                default:
                    throw new NotSupportedException(targetMethod.Name);
            }
        }
    }
}
