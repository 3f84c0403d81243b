using DiaOrleans.Grains.Configuration;

namespace DiaOrleans.Server.Hosting;

/// <summary>How much the server logs of itself: everything while debug_mode is on, else what the settings say. It changes while the server runs.</summary>
internal sealed class Verbosity
{
    private CurrentConfiguration? _configuration;

    /// <summary>What holds without debug_mode.</summary>
    public LogLevel Usual { get; set; } = LogLevel.Information;

    public bool Shows(LogLevel level) => level >= (_configuration?.Value.DebugMode == true && Usual > LogLevel.Debug ? LogLevel.Debug : Usual);

    public void Follow(CurrentConfiguration configuration) => _configuration = configuration;
}
