namespace DiaOrleans.Server.Decoding;

/// <summary>No process that decodes recordings can be started. The recording is not the cause.</summary>
internal sealed class DecoderUnavailableException(Exception cause) : IOException("Recordings cannot be decoded at the moment", cause);
