using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Speech;

/// <summary>
/// The requests of this silo's clients, by id: who has started one reads its audio here, without a message for each part. Thread-safe.
/// </summary>
/// <param name="unread">The memory and the files of audio that is not read yet.</param>
/// <param name="time">Clock of the requests.</param>
/// <param name="logger">Log of the requests.</param>
public sealed class SpeechSessions(UnreadAudio unread, TimeProvider time, ILogger<SpeechSession> logger)
{
    private readonly ConcurrentDictionary<Guid, SpeechSession> _sessions = new();

    /// <summary>The request of an activation; null if there is none, or it has been dropped.</summary>
    public SpeechSession? Find(Guid id) => _sessions.GetValueOrDefault(id);

    /// <summary>Makes the request of a new activation.</summary>
    internal SpeechSession Create(Guid id) => _sessions[id] = new SpeechSession(id, unread, time, logger);

    /// <summary>Forgets the request of an activation that ends.</summary>
    internal void Remove(Guid id, SpeechSession session) => _sessions.TryRemove(KeyValuePair.Create(id, session));
}
