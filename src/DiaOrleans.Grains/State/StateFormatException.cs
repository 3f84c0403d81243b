namespace DiaOrleans.Grains.State;

/// <summary>Stored state that this release cannot read.</summary>
/// <param name="message">The reason, and what helps.</param>
/// <param name="cause">The exception of the reader, or null.</param>
public sealed class StateFormatException(string message, Exception? cause = null) : Exception(message, cause);
