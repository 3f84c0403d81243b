using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Rendering;
using DiaOrleans.Grains.TemporaryFiles;
using DiaOrleans.Grains.Waiting;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Speech;

/// <summary>
/// A request whose client waits for it, from its start to the last byte of its audio. It lives in the process of its client's connection,
/// until it is disposed of. Its audio is made whether it is read or not: a client may stop reading for as long as it likes.
/// </summary>
/// <param name="renderer">Makes the audio.</param>
/// <param name="unread">The memory and the files of audio that is not read yet.</param>
/// <param name="time">Clock of the limit of the start.</param>
/// <param name="logger">Log of failures.</param>
public sealed partial class SpeechSession(
    ISpeechRenderer renderer,
    UnreadAudio unread,
    TimeProvider time,
    ILogger<SpeechSession> logger) : IAsyncDisposable
{
    /// <summary>A silo that was killed is replaced within this time.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _readable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AudioBuffer _audio = new(unread);
    private Task _producing = Task.CompletedTask;
    private volatile ISpeechRendering? _rendering;
    private SpeechSnapshot? _end;

    /// <summary>Names the request and its entry in the generation log; final when <see cref="Start"/> has ended.</summary>
    public Guid Id { get; private set; } = Guid.NewGuid();

    /// <summary>
    /// Resolves the voice, prepares the text and offers the first segment to the workers, which admit or refuse it at once. Waits up to
    /// 30 s for a model that is being loaded. If a silo that it needs does not answer, it is repeated for some seconds under another id:
    /// then nothing is left of the first one. Call it once.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="stop">Ends the waiting; disposing ends the start itself.</param>
    public Task<SpeechAdmission> Start(SpeechRequest request, CancellationToken stop) => Admit(request).WaitAsync(stop);

    /// <summary>
    /// The state when the request has ended or, if it is <see cref="SpeechRequest.Streamed"/>, its first byte can be read.
    /// </summary>
    public async Task<SpeechSnapshot> Wait(CancellationToken stop)
    {
        await _readable.Task.WaitAsync(stop);
        return Look();
    }

    /// <summary>The state now.</summary>
    public SpeechSnapshot Look()
    {
        var rendering = _rendering;
        var begun = rendering?.Started.IsCompleted == true ? SpeechStatus.Processing : SpeechStatus.Pending;
        return (Volatile.Read(ref _end) ?? new SpeechSnapshot { Status = begun }) with
        {
            ProcessedText = rendering?.ProcessedText,
            AudioBytes = _audio.Bytes,
            InputTokens = rendering?.InputTokens ?? 0,
            OutputTokens = rendering?.OutputTokens ?? 0,
        };
    }

    /// <summary>The encoded audio from its first byte to its last, as it is made, in pieces. May be called once.</summary>
    /// <exception cref="InvalidOperationException">The request failed or was stopped.</exception>
    /// <exception cref="TemporaryFileException">Audio that was written to a file cannot be read.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> Read(CancellationToken stop) => _audio.Read(stop);

    /// <summary>
    /// The client needs no more: stops the work, frees its slot and drops the audio. The state of a request that has ended stays as it is.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        End(new SpeechSnapshot { Status = SpeechStatus.Cancelled });
        await _audio.Drop();
        await _producing;
    }

    private async Task<SpeechAdmission> Admit(SpeechRequest request)
    {
        var priority = request.Streamed ? WorkPriority.Live : WorkPriority.Waiting;
        for (var begin = time.GetTimestamp(); ; Id = Guid.NewGuid())
        {
            try
            {
                var start = await renderer.Start(Id, request, priority, _stop.Token);
                if (start.Rendering is null) return Refuse(start.Admission);
                _rendering = start.Rendering;
                // Not by the caller: encoding computes.
                _producing = Task.Run(() => Produce(start.Rendering, request.Streamed));
                return start.Admission;
            }
            catch (RenderException fault)
            {
                return Refuse(SpeechAdmissions.FromFault(fault));
            }
            catch (Exception e) when (e.IsSiloFault() && time.GetElapsedTime(begin) < StartLimit)
            {
                await Task.Delay(StartPause, time, _stop.Token);
            }
        }
    }

    private SpeechAdmission Refuse(SpeechAdmission refusal)
    {
        End(Failed(refusal.Reason));
        return refusal;
    }

    private async Task Produce(ISpeechRendering rendering, bool streamed)
    {
        try
        {
            await using (rendering)
            {
                await foreach (var chunk in rendering.Read(_stop.Token))
                {
                    await _audio.Append(chunk);
                    if (streamed && _audio.Bytes > 0) _readable.TrySetResult();
                }

                // Before the worker is told to forget the work, so that the client does not wait for that.
                End(new SpeechSnapshot { Status = SpeechStatus.Completed });
            }
        }
        catch (RenderException e)
        {
            End(Failed(e.Message) with { CanSucceedLater = e.Passing, BadTranscript = e.BadTranscript });
        }
        catch (TemporaryFileException e) when (e.NoSpace is not null)
        {
            Log.NoSpace(logger, e, Id);
            End(Failed(e.NoSpace) with { NoSpace = true });
        }
        catch (Exception e)
        {
            if (!_stop.IsCancellationRequested) Log.Failed(logger, e, Id);
            End(Failed("The server could not finish the audio."));
        }
    }

    private static SpeechSnapshot Failed(string? error) => new() { Status = SpeechStatus.Failed, Error = error };

    /// <summary>Sets the final state; without effect if there is one.</summary>
    private void End(SpeechSnapshot end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is not null) return;
        var isWhole = end.Status == SpeechStatus.Completed;
        _audio.End(isWhole ? null : new InvalidOperationException(end.Error ?? "The request ended without audio."));
        _readable.TrySetResult();
        if (!isWhole) _stop.Cancel();
    }

    private static partial class Log
    {
        [LoggerMessage(702, LogLevel.Error, "Request {Request} failed.")]
        public static partial void Failed(ILogger logger, Exception cause, Guid request);

        [LoggerMessage(703, LogLevel.Warning, "Request {Request} is stopped: there is no room for audio that its client has not read yet.")]
        public static partial void NoSpace(ILogger logger, Exception cause, Guid request);
    }
}
