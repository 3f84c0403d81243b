namespace DiaOrleans.Audio.Formats;

/// <summary>An encoder whose file begins with something that only its end knows.</summary>
internal interface IHeaderAfterwards
{
    /// <summary>Fills it in, after the last byte was written; <paramref name="file"/> is at least as much of the file's start as the header takes.</summary>
    void CompleteHeader(Span<byte> file);
}
