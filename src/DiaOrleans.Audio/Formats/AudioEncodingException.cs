namespace DiaOrleans.Audio.Formats;

/// <summary>A format cannot be encoded on this machine: its library or program is missing, failed or ended early.</summary>
/// <param name="message">A sentence that names the library or program.</param>
/// <param name="cause">The underlying error, if there is one.</param>
public sealed class AudioEncodingException(string message, Exception? cause = null) : Exception(message, cause);
