namespace DiaOrleans.Audio.Formats;

/// <summary>What is known of a format.</summary>
/// <param name="Format">The format.</param>
/// <param name="Name">Its name in requests, and the extension of its files.</param>
/// <param name="ContentType">The value of the Content-Type header.</param>
/// <param name="Create">
/// Creates an encoder for a rate in Hz; true for a whole file, whose header is completed at its end.
/// </param>
internal sealed record FormatFacts(AudioFormat Format, string Name, string ContentType, Func<int, bool, IAudioEncoder> Create)
{
    /// <summary>The rates that it has, in Hz, ascending; null is any.</summary>
    public IReadOnlyList<int>? Rates { get; init; }

    /// <summary>The rate if a request has none, in Hz.</summary>
    public int DefaultRate { get; init; } = 44100;

    /// <summary>Null if this machine can encode it; else a sentence that names what is missing.</summary>
    public Func<string?> Missing { get; init; } = () => null;
}
