namespace DiaOrleans.Audio.Reading;

/// <summary>A reader that needs something which may not be installed.</summary>
public interface IOptionalReader : IRecordingReader
{
    /// <summary>Null when it can read; else a sentence that says what is missing, what it would read and how to get it.</summary>
    string? Missing { get; }
}
