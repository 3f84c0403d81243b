namespace DiaOrleans.Grains.Scripts;

/// <summary>A text cannot be spoken; the message is a sentence for the client.</summary>
internal sealed class ScriptException(string message) : Exception(message);
