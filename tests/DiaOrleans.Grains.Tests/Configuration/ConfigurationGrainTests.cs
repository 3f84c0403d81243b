using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.Tests.Fakes;

namespace DiaOrleans.Grains.Tests.Configuration;

public sealed class ConfigurationGrainTests
{
    private readonly ConfigurationOverrides _overrides = new(new OverrideOptions { Debug = true, RetentionHours = 1 });

    [Fact]
    public async Task A_configuration_is_replaced_as_a_whole_and_survives_a_restart()
    {
        var wanted = new ServerConfiguration { SaveOutputs = true, WhisperModelSize = "tiny", OutputRetentionHours = -5 };
        await using var first = await GrainCluster.Start(loaded: false);
        (await Grain(first).Get()).ShouldBe(new ServerConfiguration());
        (await Grain(first).Replace(wanted)).ShouldBe(wanted);
        await using var next = await GrainCluster.Start(first.Storage, loaded: false);
        (await Grain(next).Get()).ShouldBe(wanted);
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_configuration_unchanged()
    {
        await using var cluster = await GrainCluster.Start(loaded: false);
        cluster.Storage.FailNext = "configuration";
        await Should.ThrowAsync<OrleansException>(Grain(cluster).Replace(new ServerConfiguration { DebugMode = true }));
        (await Grain(cluster).Get()).DebugMode.ShouldBeFalse();
    }

    [Fact]
    public void The_command_line_overrides_the_stored_configuration_until_a_client_replaces_it()
    {
        var stored = new ServerConfiguration { OutputRetentionHours = 48, ShowPrompts = true };
        _overrides.ApplyTo(stored).ShouldBe(stored with { DebugMode = true, OutputRetentionHours = 1 });
        _overrides.Disable();
        _overrides.ApplyTo(stored).ShouldBe(stored);
    }

    private static IConfigurationGrain Grain(GrainCluster cluster) => cluster.Grains.GetGrain<IConfigurationGrain>(0);
}
