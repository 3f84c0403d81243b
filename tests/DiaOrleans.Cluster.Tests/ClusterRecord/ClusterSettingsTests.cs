using DiaOrleans.Cluster.Tests.Silos;

namespace DiaOrleans.Cluster.Tests.ClusterRecord;

/// <summary>The settings that all silos of a cluster share, and the command that changes them.</summary>
public sealed class ClusterSettingsTests(PostgresServer postgres)
{
    private const string Body = """{"text":"Where is my hat? It is in the hall.","voice_id":"anna","seed":5}""";

    [Fact]
    public async Task The_first_silo_writes_the_record_others_take_it_or_are_refused_and_a_command_changes_it_for_all()
    {
        using var cluster = await TestCluster.Create(postgres);
        (await ClusterCommand.Run(cluster, "show")).Output.ShouldContain("No silo has started yet");
        var first = await cluster.Start(With(cluster.Settings("first"), ("DIA_TEMPERATURE", "1.10")));
        var second = await cluster.Start("second");
        await first.Client.Accepted(HttpMethod.Post, "/voice_mappings", """{"voice_id":"anna"}""");
        var (code, log) = await cluster.Launch(With(cluster.Settings("third"), ("DIA_TEMPERATURE", "0.5"))).WaitForExit();
        code.ShouldBe(1, log);
        log.ShouldContain("Temperature is 0.5 in the settings of this silo and 1.1 in its cluster");
        log.ShouldContain("./run.sh cluster set Temperature=0.5");

        var before = await Speak(first);
        (await Speak(second)).ShouldBe(before);
        var (setCode, output) = await ClusterCommand.Run(cluster, "set", "Temperature=0.5", "topp=0.8");
        setCode.ShouldBe(0, output);
        output.ShouldContain("Temperature      0.5");
        output.ShouldContain("TopP             0.8");
        byte[] after = [];
        await Until.Succeeds(async () => (after = await Speak(first)).ShouldNotBe(before));
        await Until.Succeeds(async () => (await Speak(second)).ShouldBe(after));
    }

    [Fact]
    [Trait("Category", LongTests.Category)]
    public async Task Of_two_first_silos_with_different_values_one_is_refused()
    {
        LongTests.Require();
        using var cluster = await TestCluster.Create(postgres);
        SiloProcess[] silos =
        [
            cluster.Launch(With(cluster.Settings("one"), ("DIA_MAX_SEGMENT_BYTES", "100"))),
            cluster.Launch(With(cluster.Settings("two"), ("DIA_MAX_SEGMENT_BYTES", "200"))),
        ];
        var ends = silos.Select(silo => silo.Process.WaitForExitAsync()).ToArray();
        var ended = await Task.WhenAny(ends).WaitAsync(TimeSpan.FromSeconds(120));
        var refused = silos[Array.IndexOf(ends, ended)];
        refused.Process.ExitCode.ShouldBe(1);
        await silos.Single(silo => silo != refused).WaitUntilListening();
        await Until.Succeeds(() =>
        {
            refused.Log.ShouldContain("MaxSegmentBytes is");
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task An_override_of_the_configuration_is_refused_in_a_cluster()
    {
        using var cluster = await TestCluster.Create(postgres);
        var (code, log) = await cluster.Launch(With(cluster.Settings("one"), ("DIA_SAVE_OUTPUTS", "on"))).WaitForExit();
        code.ShouldBe(1);
        log.ShouldContain("expected no SaveOutputs (DIA_SAVE_OUTPUTS)");
        log.ShouldContain("PUT /config");
    }

    [Theory]
    [InlineData("'Temperature' is no change; ", "Temperature")]
    [InlineData("'Tempo' is no setting of the cluster", "Tempo=1")]
    [InlineData("temperature is 7; expected 0.1 to 2", "Temperature=7")]
    public async Task A_wrong_change_is_refused_and_nothing_is_written(string message, string change)
    {
        using var cluster = await TestCluster.Create(postgres);
        var (code, output) = await ClusterCommand.Run(cluster, "set", "TopP=0.5", change);
        code.ShouldBe(2);
        output.ShouldContain(message);
        (await ClusterCommand.Run(cluster, "show")).Output.ShouldContain("No silo has started yet");
    }

    private static async Task<byte[]> Speak(SiloProcess silo)
    {
        using var answer = await silo.Client.PostJson("/generate", Body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private static SiloSettings With(SiloSettings settings, params (string Name, string Value)[] variables) =>
        settings with { Variables = variables.ToDictionary(variable => variable.Name, variable => variable.Value) };
}
