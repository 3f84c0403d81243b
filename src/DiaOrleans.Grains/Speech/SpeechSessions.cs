using DiaOrleans.Grains.Rendering;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Speech;

/// <summary>Makes the requests of this silo's clients. Thread-safe.</summary>
/// <param name="renderer">Makes their audio.</param>
/// <param name="unread">The memory and the files of audio that is not read yet.</param>
/// <param name="time">Clock of the requests.</param>
/// <param name="logger">Log of the requests.</param>
public sealed class SpeechSessions(ISpeechRenderer renderer, UnreadAudio unread, TimeProvider time, ILogger<SpeechSession> logger)
{
    /// <summary>Makes a request, which must be disposed of.</summary>
    public SpeechSession Create() => new(renderer, unread, time, logger);
}
