using DiaOrleans.Abstractions.Logs;
using DiaOrleans.Grains.Logs;
using DiaOrleans.Grains.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Tests.Logs;

/// <summary>What the server's log says of entries of the generation log that were noted and are not stored.</summary>
public sealed class LostEntriesTests
{
    private const int NotStored = 303;

    private readonly RecordedLog<GenerationLogGrain> _log = new();

    [Fact]
    public async Task Entries_that_were_noted_before_or_during_a_write_that_fails_are_named()
    {
        await using var cluster = await GrainCluster.Start(
            loaded: false,
            configure: services => services.AddSingleton<ILogger<GenerationLogGrain>>(_log));
        var log = cluster.Grains.GetGrain<IGenerationLogGrain>(0);
        var gate = new TaskCompletionSource();
        cluster.Storage.Gate = gate.Task;
        cluster.Storage.FailNext = "generation-log-page";
        await log.Note(Entry("before"));
        var appended = log.Append(Entry("own"));
        await GrainCluster.Until(async () => await log.Get("own") is not null);
        await log.Note(Entry("during"));
        gate.SetResult();
        await Should.ThrowAsync<Exception>(appended);
        _log.Lines.Where(line => line.Id == NotStored)
            .Select(line => line.Values.Single(value => value.Key == "Request").Value)
            .ShouldBe(["before", "during"]);
    }

    private static GenerationEntry Entry(string id) => new()
    {
        Id = id,
        Timestamp = DateTimeOffset.UnixEpoch,
        Text = "text",
        ProcessedText = "[S1] text [S1]",
        Voice = "anna",
    };
}
