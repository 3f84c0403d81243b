namespace DiaOrleans.Audio.Formats;

/// <summary>An encoder whose header holds facts that are known only at the end, such as the length.</summary>
internal interface IFinalHeader
{
    /// <summary>Overwrites the header after the last byte was written.</summary>
    /// <param name="file">The start of the file, at least as long as the header.</param>
    void WriteFinalHeader(Span<byte> file);
}
