namespace DiaOrleans.Grains.Cloning;

/// <summary>What happens if a voice's recording cannot be read.</summary>
/// <param name="RequiresRecording">
/// True: the request fails. The silos of a cluster give the same bytes for the same request; one that does not find a recording must not
/// speak with another voice. False: speech is generated without cloning; a user may delete files of the folder.
/// </param>
public sealed record CloningPolicy(bool RequiresRecording);

/// <summary>The recording of a voice cannot be read, and <see cref="CloningPolicy"/> requires it.</summary>
/// <param name="message">A sentence for the client.</param>
/// <param name="cause">Why.</param>
/// <param name="passing">Whether the same request may succeed later: the store did not answer.</param>
public sealed class UnreadableRecordingException(string message, Exception cause, bool passing) : Exception(message, cause)
{
    /// <summary>Whether the same request may succeed later.</summary>
    public bool Passing => passing;
}

/// <summary>A registered recording is not in the blob store.</summary>
/// <param name="key">Its key.</param>
internal sealed class RecordingGoneException(string key) : IOException($"{key} is not in the blob store.");
