using DiaOrleans.Abstractions.Configuration;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Configuration;
using DiaOrleans.Grains.State;
using DiaOrleans.Grains.Tests.Fakes;
using DiaOrleans.Grains.Voices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Runtime;

namespace DiaOrleans.Grains.Tests.State;

public sealed class ActivationCopiesTests : IAsyncLifetime
{
    private static readonly VoiceSettings Plain = new("neutral", "S1", null, null);
    private GrainCluster _cluster = null!;

    private IVoiceGrain Voice => _cluster.Voice("v");

    private IConfigurationGrain Configuration => _cluster.Grains.GetGrain<IConfigurationGrain>(0);

    public async ValueTask InitializeAsync() => _cluster = await GrainCluster.Start(silos: 2, loaded: false);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_changed_voice_is_read_at_once_on_each_silo()
    {
        foreach (var style in (string[])["calm", "lively", "sad"])
        {
            await Voice.Put(Plain with { Style = style });
            await ShouldBeEverywhere(Plain with { Style = style });
            // The second time from the copy, on the silo of the activation.
            await ShouldBeEverywhere(Plain with { Style = style });
            Copies<VoiceSettings>(Voice).ShouldBe([Plain with { Style = style }]);
        }

        await Voice.Delete();
        await ShouldBeEverywhere(null);
        Copies<VoiceSettings>(Voice).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_voice_whose_write_has_failed_is_read_from_the_store()
    {
        await Voice.Put(Plain);
        await ShouldBeEverywhere(Plain);
        _cluster.Storage.FailNext = "voice";
        await Should.ThrowAsync<Exception>(Voice.Put(Plain with { Style = "calm" }));
        Copies<VoiceSettings>(Voice).ShouldBeEmpty();
        await ShouldBeEverywhere(Plain);
    }

    [Fact]
    public async Task The_copy_ends_with_the_activation()
    {
        await Voice.Put(Plain);
        await ShouldBeEverywhere(Plain);
        await Voice.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        await GrainCluster.Until(() => Task.FromResult(Copies<VoiceSettings>(Voice).Count == 0));
    }

    [Fact]
    public async Task A_replaced_configuration_is_read_at_once_on_each_silo()
    {
        foreach (var hours in (long[])[1, 2, 3])
        {
            var wanted = new ServerConfiguration { OutputRetentionHours = hours };
            await Configuration.Replace(wanted);
            foreach (var silo in _cluster.Silos)
                (await silo.ServiceProvider.GetRequiredService<ConfigurationReads>().Get()).ShouldBe(wanted);
            Copies<ServerConfiguration>(Configuration).ShouldBe([wanted]);
        }

        _cluster.Storage.FailNext = "configuration";
        await Should.ThrowAsync<OrleansException>(Configuration.Replace(new ServerConfiguration()));
        Copies<ServerConfiguration>(Configuration).ShouldBeEmpty();
    }

    private async Task ShouldBeEverywhere(VoiceSettings? settings)
    {
        foreach (var silo in _cluster.Silos) (await silo.ServiceProvider.GetRequiredService<VoiceReads>().Find("v")).ShouldBe(settings);
    }

    /// <summary>The copies of all silos.</summary>
    private IReadOnlyList<T> Copies<T>(IAddressable grain) where T : class =>
        [.. _cluster.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<ActivationCopies>().Find<T>(grain)).OfType<T>()];
}
