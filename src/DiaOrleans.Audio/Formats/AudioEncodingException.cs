namespace DiaOrleans.Audio.Formats;

/// <summary>A format cannot be encoded here: its library or program is missing, failed or died.</summary>
public sealed class AudioEncodingException(string message, Exception? cause = null) : Exception(message, cause);
