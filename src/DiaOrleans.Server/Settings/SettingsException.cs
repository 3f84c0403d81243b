namespace DiaOrleans.Server.Settings;

/// <summary>The server cannot run with its settings. The message is for the user: what is wrong and what is expected.</summary>
internal sealed class SettingsException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Name of the setting that is wrong, as in the settings file; null if it is not one setting.</summary>
    public string? Setting { get; init; }

    /// <summary>Whether the setting names a model that is not on this disk.</summary>
    public bool IsMissingModel { get; init; }

    /// <summary>The source of its value: the command line, a variable, or a key of the settings file; null if it is not known.</summary>
    public string? Origin { get; init; }
}
