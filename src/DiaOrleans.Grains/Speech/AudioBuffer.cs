using System.Runtime.CompilerServices;
using DiaOrleans.Audio.Memory;
using DiaOrleans.Grains.TemporaryFiles;
using DiaOrleans.Inference.Streams;

namespace DiaOrleans.Grains.Speech;

/// <summary>
/// Encoded audio between the one that makes it and its client, who reads it as it grows. It is kept until the client has it. Thread-safe.
/// </summary>
/// <param name="unread">The memory and the files of all buffers.</param>
internal sealed class AudioBuffer(UnreadAudio unread)
{
    /// <summary>Smaller chunks in the file are read together, up to so many bytes.</summary>
    private const int MaxFileRead = 64 << 10;

    private readonly Lock _gate = new();
    private readonly AsyncSignal _changed = new();
    private readonly Queue<AudioPart> _parts = [];
    private TemporaryFile? _file;
    private Exception? _failure;
    private long _bytes;
    private long _stored;
    private AudioPart _lent;
    private bool _ended;

    /// <summary>Bytes that were appended.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Appends a chunk, in memory if there is room, else in a file. Without effect after the end. One call at a time.</summary>
    /// <param name="chunk">Not to be used any more by the caller.</param>
    /// <exception cref="TemporaryFileException">
    /// There is no room in memory, and the file cannot be written or has reached its limit.
    /// </exception>
    public async ValueTask Append(ReadOnlyMemory<byte> chunk)
    {
        if (chunk.IsEmpty) return;
        if (unread.TryHold(chunk.Length))
        {
            if (!TryAdd(new AudioPart(chunk.Length, chunk))) unread.Release(chunk.Length);
            return;
        }

        if (OpenFile(chunk.Length) is not { } file) return;
        var offset = file.Length;
        await file.Append(chunk, CancellationToken.None);
        TryAdd(new AudioPart(chunk.Length, null, file, offset));
    }

    /// <summary>Ends the audio; without effect if it has ended.</summary>
    /// <param name="failure">Thrown to the reader behind the last chunk; null tells it that there is no more.</param>
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
        TemporaryFile? file;
        lock (_gate)
        {
            _ended = true;
            _failure ??= new InvalidOperationException("The audio has been dropped.");
            // Not taken back: the reader may still be sending it.
            unread.Release(_lent.Held);
            _lent = default;
            foreach (var part in _parts) TakeBack(part);
            _parts.Clear();
            file = _file;
            _file = null;
        }

        _changed.Raise();
        if (file is null) return;
        await file.DisposeAsync();
        unread.Forget(_stored);
    }

    /// <summary>
    /// The audio from its first byte to its last, as it is made. What is in memory comes in the chunks that were appended, without a copy;
    /// the reader has a chunk when it asks for the next. For one reader, once.
    /// </summary>
    /// <exception cref="InvalidOperationException">The audio ended by a failure here, or was dropped.</exception>
    /// <exception cref="TemporaryFileException">The file cannot be read.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Read([EnumeratorCancellation] CancellationToken stop)
    {
        while (true)
        {
            var change = _changed.Next;
            if (TryTake(out var part, out var isEnd)) yield return await Read(part, stop);
            else if (isEnd) yield break;
            else await change.WaitAsync(stop);
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>> Read(AudioPart part, CancellationToken stop)
    {
        if (part.File is null) return part.Memory;
        var bytes = GC.AllocateUninitializedArray<byte>(part.Length);
        await part.File.Read(part.Offset, bytes, stop);
        return bytes;
    }

    /// <summary>Takes what is read next; false if there is nothing yet, or nothing more.</summary>
    private bool TryTake(out AudioPart part, out bool isEnd)
    {
        lock (_gate)
        {
            // The reader has what it was given last.
            TakeBack(_lent);
            _lent = default;
            isEnd = false;
            if (_parts.TryDequeue(out part))
            {
                if (part.File is null) _lent = part;
                // Chunks in the file follow one another.
                while (part.File is not null && _parts.TryPeek(out var next) && next.File is not null
                    && part.Length + next.Length <= MaxFileRead)
                {
                    part = part with { Length = part.Length + next.Length };
                    _parts.Dequeue();
                }

                return true;
            }

            if (_failure is not null) throw _failure;
            isEnd = _ended;
            return false;
        }
    }

    private void TakeBack(AudioPart part)
    {
        unread.Release(part.Held);
        AudioPieces.GiveBack(part.Memory);
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
            _parts.Enqueue(part);
            _bytes += part.Length;
        }

        _changed.Raise();
        return true;
    }

    /// <summary>A part of the audio.</summary>
    /// <param name="Length">Bytes.</param>
    /// <param name="Memory">The bytes, if they are in memory.</param>
    /// <param name="File">Has the bytes if they are not in memory; else null.</param>
    /// <param name="Offset">Of the bytes in the file.</param>
    private readonly record struct AudioPart(int Length, ReadOnlyMemory<byte> Memory, TemporaryFile? File = null, long Offset = 0)
    {
        /// <summary>Bytes of memory that it takes.</summary>
        public int Held => File is null ? Length : 0;
    }
}
