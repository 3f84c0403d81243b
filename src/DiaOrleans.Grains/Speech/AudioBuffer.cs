using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.TemporaryFiles;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Inference.Streams;

namespace DiaOrleans.Grains.Speech;

/// <summary>
/// Encoded audio between the one that makes it and its client, who reads it as it grows. It is kept until the client has it: a read from a
/// position drops what is before. Thread-safe.
/// </summary>
/// <param name="unread">The memory and the files of all buffers.</param>
/// <param name="time">Clock of waits.</param>
internal sealed class AudioBuffer(UnreadAudio unread, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly AsyncSignal _changed = new();
    private readonly LinkedList<AudioPart> _parts = [];
    private TemporaryFile? _file;
    private Exception? _failure;
    private long _bytes;
    private long _stored;
    private bool _ended;
    private bool _dropped;

    /// <summary>Bytes that were appended.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Appends a chunk, in memory if there is room, else in a file. Without effect after the end. One call at a time.</summary>
    /// <exception cref="TemporaryFileException">
    /// There is no room in memory, and the file cannot be written or has reached its limit.
    /// </exception>
    public async ValueTask Append(ReadOnlyMemory<byte> chunk)
    {
        if (chunk.IsEmpty) return;
        if (unread.TryHold(chunk.Length))
        {
            if (!TryAdd(new AudioPart(Bytes, chunk.Length, chunk, null))) unread.Release(chunk.Length);
            return;
        }

        if (OpenFile(chunk.Length) is not { } file) return;
        var offset = file.Length;
        await file.Append(chunk, CancellationToken.None);
        TryAdd(new AudioPart(Bytes, chunk.Length, null, offset));
    }

    /// <summary>Ends the audio; without effect if it has ended.</summary>
    /// <param name="failure">Thrown to readers behind the last chunk; null tells them that there is no more.</param>
    public void End(Exception? failure = null)
    {
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            _failure = failure;
        }

        _changed.Raise();
    }

    /// <summary>Ends the audio and forgets it: nobody will read it any more.</summary>
    public async ValueTask Drop()
    {
        End(new InvalidOperationException("The audio has been dropped."));
        TemporaryFile? file;
        lock (_gate)
        {
            _dropped = true;
            foreach (var part in _parts) Release(part);
            _parts.Clear();
            file = _file;
            _file = null;
        }

        if (file is null) return;
        await file.DisposeAsync();
        unread.Forget(_stored);
    }

    /// <summary>
    /// The audio from a position on, as soon as there is any: at most <paramref name="maxBytes"/>; empty if none was made for
    /// <see cref="LongPoll.MaxWait"/>. What is before the position is dropped.
    /// </summary>
    /// <param name="position">From 0; not before that of an earlier call.</param>
    /// <param name="maxBytes">1 or more.</param>
    /// <exception cref="InvalidOperationException">The audio ended by a failure here, or the position has been dropped.</exception>
    /// <exception cref="TemporaryFileException">The file cannot be read.</exception>
    public async Task<SpeechAudio> Read(long position, int maxBytes)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var change = _changed.Next;
            if (Take(position, maxBytes) is { } found) return await Copy(found);
            var left = LongPoll.MaxWait - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return SpeechAudio.None;
            await change.WaitUpTo(left, time);
        }
    }

    /// <summary>The parts of the next read; null if there is nothing to say yet.</summary>
    private AudioSelection? Take(long position, int maxBytes)
    {
        lock (_gate)
        {
            for (var first = _parts.First; first is { Value: var part } && part.End <= position; first = _parts.First)
            {
                Release(part);
                _parts.RemoveFirst();
            }

            var start = _parts.First?.Value.Start ?? _bytes;
            if (_dropped || position < start || position > _bytes) throw _failure ?? NotKept(position);
            if (position == _bytes && _ended) return _failure is null ? new AudioSelection([], position, 0, true, null) : throw _failure;
            if (position == _bytes) return null;
            var end = Math.Min(position + maxBytes, _bytes);
            var isLast = end == _bytes && _ended && _failure is null;
            return new AudioSelection([.. _parts.TakeWhile(part => part.Start < end)], position, (int)(end - position), isLast, _file);
        }
    }

    private static async Task<SpeechAudio> Copy(AudioSelection found)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(found.Count);
        foreach (var part in found.Parts)
        {
            var from = Math.Max(part.Start, found.Position);
            var target = bytes.AsMemory((int)(from - found.Position));
            var count = (int)Math.Min(part.End - from, target.Length);
            var skipped = (int)(from - part.Start);
            if (part.Offset is { } offset) await found.File!.Read(offset + skipped, target[..count], CancellationToken.None);
            else part.Memory.Slice(skipped, count).CopyTo(target);
        }

        return new SpeechAudio(bytes, found.IsLast);
    }

    /// <summary>The file, made if there is none, with room for further bytes; null if the audio has ended.</summary>
    private TemporaryFile? OpenFile(int further)
    {
        lock (_gate)
        {
            if (_ended) return null;
            _file ??= unread.CreateFile();
            unread.Store(further);
            _stored += further;
            return _file;
        }
    }

    private bool TryAdd(AudioPart part)
    {
        lock (_gate)
        {
            if (_ended) return false;
            _parts.AddLast(part);
            _bytes += part.Length;
        }

        _changed.Raise();
        return true;
    }

    private void Release(AudioPart part)
    {
        if (part.Offset is null) unread.Release(part.Length);
    }

    private static InvalidOperationException NotKept(long position) => new($"There is no audio at {position} any more, or not yet.");

    /// <summary>A part of the audio.</summary>
    /// <param name="Start">Its position.</param>
    /// <param name="Length">Bytes.</param>
    /// <param name="Memory">The bytes, unless they are in the file.</param>
    /// <param name="Offset">Of the bytes in the file; null if they are in memory.</param>
    private readonly record struct AudioPart(long Start, int Length, ReadOnlyMemory<byte> Memory, long? Offset)
    {
        public long End => Start + Length;
    }

    /// <summary>What one read returns.</summary>
    private readonly record struct AudioSelection(AudioPart[] Parts, long Position, int Count, bool IsLast, TemporaryFile? File);
}
