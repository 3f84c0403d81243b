using DiaOrleans.Grains.Configuration;

namespace DiaOrleans.Server.Logging;

/// <summary>Which messages of the server itself are logged. It changes with debug_mode while the server runs.</summary>
internal sealed class Verbosity
{
    private CurrentConfiguration? _configuration;

    /// <summary>The lowest level that is logged while debug_mode is off.</summary>
    public LogLevel Usual { get; set; } = LogLevel.Information;

    /// <summary>Whether messages of a level are logged.</summary>
    public bool Shows(LogLevel level) => level >= Usual || (level >= LogLevel.Debug && _configuration?.Value.DebugMode == true);

    /// <summary>Uses debug_mode of a configuration from now on.</summary>
    public void Follow(CurrentConfiguration configuration) => _configuration = configuration;
}
