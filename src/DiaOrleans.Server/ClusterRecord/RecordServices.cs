using DiaOrleans.Grains.Configuration;
using DiaOrleans.Server.Settings;

namespace DiaOrleans.Server.ClusterRecord;

/// <summary>Registers the record of the cluster.</summary>
internal static class RecordServices
{
    /// <summary>Lets the silo join the record before it becomes a member, and follow it.</summary>
    /// <param name="orleans">A member of a cluster, with its grain storage.</param>
    /// <param name="options">The settings of the silo.</param>
    /// <exception cref="SettingsException">An override of the configuration is set, which would be that of one silo.</exception>
    public static ISiloBuilder UseClusterRecord(this ISiloBuilder orleans, OptionsSet options)
    {
        RefuseOverrides(options);
        orleans.Services
            .AddSingleton<RecordRow>()
            .AddSingleton(provider => ActivatorUtilities.CreateInstance<RecordFollower>(provider, options))
            .AddHostedService(provider => provider.GetRequiredService<RecordFollower>());
        // Behind the start of the storage, before the silo is active.
        const int Stage = ServiceLifecycleStage.ApplicationServices + 1;
        return orleans.AddStartupTask((services, _) => services.GetRequiredService<RecordFollower>().Join(), Stage);
    }

    private static void RefuseOverrides(OptionsSet options)
    {
        var overrides = options.Get<OverrideOptions>();
        var given = Setting.FindAll([typeof(OverrideOptions)]).FirstOrDefault(setting => setting.GetValue(overrides) is not null);
        if (given is null) return;
        throw new SettingsException(
            $"{given.Name} replaces a value of the stored configuration for one run, which a member of a cluster cannot do for all silos; "
            + $"expected no {given.Name} ({given.Variable}). Change the configuration of the cluster with PUT /config.")
        {
            Setting = given.Name,
        };
    }
}
