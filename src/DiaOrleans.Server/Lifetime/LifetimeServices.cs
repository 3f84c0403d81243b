namespace DiaOrleans.Server.Lifetime;

/// <summary>Registers how the server is stopped.</summary>
internal static class LifetimeServices
{
    /// <summary>Adds <see cref="StopSignal"/>, and <see cref="SignalLifetime"/> in place of the host's own.</summary>
    /// <param name="services">The services.</param>
    /// <param name="pause">Between the signal and the first refused request.</param>
    public static IServiceCollection AddSignals(this IServiceCollection services, TimeSpan pause) => services
        .AddSingleton<StopSignal>()
        .AddSingleton<IHostLifetime>(provider => ActivatorUtilities.CreateInstance<SignalLifetime>(provider, pause));
}
