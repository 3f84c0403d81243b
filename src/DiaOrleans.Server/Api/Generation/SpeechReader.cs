using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Speech;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>
/// One connection's use of a speech grain, which starts the request; its audio is read without calls of the grain. It tells that the
/// connection lives until it is disposed of: a client may stop reading for as long as it likes.
/// </summary>
internal sealed class SpeechReader : IAsyncDisposable
{
    /// <summary>Shorter than the minute after which a grain gives up its client.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);

    /// <summary>A silo that was killed is replaced within this time.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(250);

    private readonly IGrainFactory _grains;
    private readonly SpeechSessions _sessions;
    private readonly TimeProvider _time;
    private readonly ITimer _keepingAlive;
    private Task _touching = Task.CompletedTask;
    private volatile ISpeechGrain _speech;
    private volatile SpeechSession? _own;

    /// <param name="grains">Makes the grain of a new request.</param>
    /// <param name="sessions">The requests of this silo.</param>
    /// <param name="time">Clock of the calls that keep the request alive, and of the limit of its start.</param>
    public SpeechReader(IGrainFactory grains, SpeechSessions sessions, TimeProvider time)
    {
        _grains = grains;
        _sessions = sessions;
        _time = time;
        _speech = NewRequest();
        _keepingAlive = time.CreateTimer(_ => _touching = Touch(), null, Period, Period);
    }

    /// <summary>Id of the request.</summary>
    public Guid Id { get; private set; }

    /// <summary>Starts the request, again for some seconds if a silo that it needs does not answer: then nothing of it is left.</summary>
    public async Task<SpeechAdmission> Start(SpeechRequest request, CancellationToken stop)
    {
        for (var start = _time.GetTimestamp(); ;)
        {
            try
            {
                var answer = await _speech.Start(request).WaitAsync(stop);
                _own = _sessions.Find(Id);
                return answer;
            }
            catch (Exception e) when (e.IsSiloFault() && _time.GetElapsedTime(start) < StartLimit)
            {
                await Task.Delay(StartPause, _time, stop);
                _speech = NewRequest();
            }
        }
    }

    /// <summary>The request's state if audio can be read or it has ended, else after some seconds.</summary>
    public Task<SpeechSnapshot> Wait(CancellationToken stop) => Wait(Poll).WaitAsync(stop);

    /// <summary>The request's state now.</summary>
    public Task<SpeechSnapshot> Look() => Wait(TimeSpan.Zero);

    /// <summary>The audio from its first byte to its last, as it is made.</summary>
    /// <exception cref="InvalidOperationException">The request failed or was stopped.</exception>
    public async IAsyncEnumerable<byte[]> Read([EnumeratorCancellation] CancellationToken stop)
    {
        for (long position = 0; ;)
        {
            var audio = await (_own?.Read(position) ?? _speech.Read(position)).WaitAsync(stop);
            if (audio.Bytes.Length > 0) yield return audio.Bytes;
            if (audio.IsLast) yield break;
            position += audio.Bytes.Length;
        }
    }

    /// <summary>Ends the request, whether its audio was read to its end or not.</summary>
    public async ValueTask DisposeAsync()
    {
        await _keepingAlive.DisposeAsync();
        await _touching;
        try
        {
            await (_own?.Cancel() ?? _speech.Cancel());
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            // The grain ends by itself if it gets no calls; if there is an error to report, it is the one that led here.
        }
    }

    private Task<SpeechSnapshot> Wait(TimeSpan upTo) => _own?.Wait(upTo) ?? _speech.Wait(upTo);

    private ISpeechGrain NewRequest()
    {
        Id = Guid.NewGuid();
        return _grains.GetGrain<ISpeechGrain>(Id);
    }

    private async Task Touch()
    {
        try
        {
            await Look();
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            // The next call may succeed; if the grain is lost, the next read says so.
        }
    }
}
