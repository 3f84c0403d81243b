using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.TemporaryFiles;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Speech;

/// <summary>
/// A request whose client waits for it: its state, and its audio between the one that makes it and the client. Thread-safe, but for
/// <see cref="Begin"/> and <see cref="Produce(ISpeechRendering)"/>, which its grain calls.
/// </summary>
/// <param name="id">Id of the request.</param>
/// <param name="unread">The memory and the files of audio that is not read yet.</param>
/// <param name="time">Clock of waits.</param>
/// <param name="logger">Log of failures.</param>
public sealed partial class SpeechSession(Guid id, UnreadAudio unread, TimeProvider time, ILogger<SpeechSession> logger)
{
    // Below 85,000 bytes, from which arrays go to the large object heap.
    private const int ChunkBytes = 80 * 1000;

    private readonly ClientWatch _client = new(time);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _readable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AudioBuffer _audio = new(unread, time);
    private readonly Lock _gate = new();
    private Task _producing = Task.CompletedTask;
    private ISpeechRendering? _rendering;
    private SpeechStatus _status = SpeechStatus.Failed;
    private string? _error = "No such request: it was not started here, or the time to fetch its audio is over.";
    private volatile bool _begun;
    private bool _streamed;
    private bool _noSpace;
    private bool _canSucceedLater;
    private bool _badTranscript;

    /// <summary>Whether the request has a final state.</summary>
    internal bool Ended => _status is SpeechStatus.Completed or SpeechStatus.Failed or SpeechStatus.Cancelled;

    /// <summary>Whether the client needs no more.</summary>
    internal bool IsReleased { get; private set; }

    /// <summary>See <see cref="ClientWatch.Silence"/>.</summary>
    internal TimeSpan Silence => _client.Silence;

    /// <summary>Cancelled when the request ends without its audio.</summary>
    internal CancellationToken Stop => _stop.Token;

    /// <summary>See <see cref="ClientWatch.Enter"/>.</summary>
    internal IDisposable Enter() => _client.Enter();

    /// <inheritdoc cref="ISpeechGrain.Wait"/>
    public async Task<SpeechSnapshot> Wait(TimeSpan upTo)
    {
        if (!_begun) return Snapshot();
        using var visit = _client.Enter();
        await _readable.Task.WaitUpTo(LongPoll.Limit(upTo), time);
        return Snapshot();
    }

    /// <inheritdoc cref="ISpeechGrain.Read"/>
    public async Task<SpeechAudio> Read(long position)
    {
        if (!_begun) throw new InvalidOperationException(_error);
        using var visit = _client.Enter();
        return await _audio.Read(position, ChunkBytes);
    }

    /// <inheritdoc cref="ISpeechGrain.Cancel"/>
    public async Task Cancel()
    {
        IsReleased = true;
        End(SpeechStatus.Cancelled, "The request was stopped.");
        await _audio.Drop();
        await _producing;
    }

    /// <summary>The request waits for its admission.</summary>
    internal void Begin(bool streamed)
    {
        _streamed = streamed;
        _status = SpeechStatus.Pending;
        _error = null;
        _begun = true;
    }

    /// <summary>The request is refused.</summary>
    internal void Refuse(string? reason) => End(SpeechStatus.Failed, reason);

    /// <summary>Makes the audio, outside the turns of the caller: encoding computes.</summary>
    internal void Produce(ISpeechRendering rendering)
    {
        _rendering = rendering;
        _producing = Task.Run(ProduceAll);
    }

    private async Task ProduceAll()
    {
        var rendering = _rendering!;
        try
        {
            await using (rendering)
            {
                _ = rendering.Started.ContinueWith(_ => MoveTo(SpeechStatus.Processing), TaskScheduler.Default);
                await foreach (var chunk in rendering.Read(_stop.Token))
                {
                    await _audio.Append(chunk);
                    if (_streamed && _audio.Bytes > 0) _readable.TrySetResult();
                }

                // Before the worker is told to forget the work, so that the client does not wait for that.
                End(SpeechStatus.Completed, null);
            }
        }
        catch (RenderException e)
        {
            _canSucceedLater = e.Passing;
            _badTranscript = e.BadTranscript;
            End(SpeechStatus.Failed, e.Message);
        }
        catch (TemporaryFileException e) when (e.NoSpace is not null)
        {
            Log.NoSpace(logger, e, id);
            End(SpeechStatus.Failed, e.NoSpace, noSpace: true);
        }
        catch (Exception e)
        {
            if (!_stop.IsCancellationRequested) Log.Failed(logger, e, id);
            End(SpeechStatus.Failed, "The server could not finish the audio.");
        }
    }

    private SpeechSnapshot Snapshot()
    {
        lock (_gate)
        {
            return new SpeechSnapshot
            {
                Status = _status,
                Error = _status == SpeechStatus.Failed ? _error : null,
                NoSpace = _noSpace,
                CanSucceedLater = _status == SpeechStatus.Failed && _canSucceedLater,
                BadTranscript = _badTranscript,
                ProcessedText = _rendering?.ProcessedText,
                AudioBytes = _audio.Bytes,
                InputTokens = _rendering?.InputTokens ?? 0,
                OutputTokens = _rendering?.OutputTokens ?? 0,
            };
        }
    }

    private void MoveTo(SpeechStatus status)
    {
        lock (_gate)
        {
            if (!Ended) _status = status;
        }
    }

    private void End(SpeechStatus status, string? error, bool noSpace = false)
    {
        lock (_gate)
        {
            if (Ended) return;
            _status = status;
            _error = error;
            _noSpace = noSpace;
        }

        _audio.End(status == SpeechStatus.Completed ? null : new InvalidOperationException(error ?? "The request ended without audio."));
        _readable.TrySetResult();
        if (status != SpeechStatus.Completed) _stop.Cancel();
    }

    private static partial class Log
    {
        [LoggerMessage(702, LogLevel.Error, "Request {Request} failed.")]
        public static partial void Failed(ILogger logger, Exception cause, Guid request);

        [LoggerMessage(703, LogLevel.Warning, "Request {Request} is stopped: there is no room for audio that its client has not read yet.")]
        public static partial void NoSpace(ILogger logger, Exception cause, Guid request);
    }
}
