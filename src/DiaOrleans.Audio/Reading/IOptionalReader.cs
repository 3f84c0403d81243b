namespace DiaOrleans.Audio.Reading;

/// <summary>A reader that needs a library or program of the system.</summary>
public interface IOptionalReader : IRecordingReader
{
    /// <summary>Null if it is installed; else a sentence that names it, the formats that it reads and its Debian package.</summary>
    string? Missing { get; }
}
