namespace DiaOrleans.Grains.State;

/// <summary>A stored payload that this release cannot read; the message says why and what helps.</summary>
public sealed class StateFormatException(string message, Exception? cause = null) : Exception(message, cause);
