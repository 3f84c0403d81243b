using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Grains.Waiting;

namespace DiaOrleans.Server.Api.Generation;

/// <summary>
/// One connection's use of a speech grain. It tells the grain that the connection lives until it is disposed of: a client may stop reading
/// for as long as it likes.
/// </summary>
internal sealed class SpeechReader : IAsyncDisposable
{
    /// <summary>Shorter than the minute after which a grain gives up its client.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);

    private readonly ISpeechGrain _speech;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _keepingAlive;

    /// <param name="speech">The grain of a new request.</param>
    /// <param name="time">Clock of the calls that keep the request alive.</param>
    public SpeechReader(ISpeechGrain speech, TimeProvider time)
    {
        _speech = speech;
        _keepingAlive = KeepAlive(time);
    }

    /// <summary>Starts the request.</summary>
    public Task<SpeechAdmission> Start(SpeechRequest request, CancellationToken stop) => _speech.Start(request).WaitAsync(stop);

    /// <summary>The request's state if audio can be read or it has ended, else after some seconds.</summary>
    public Task<SpeechSnapshot> Wait(CancellationToken stop) => _speech.Wait(Poll).WaitAsync(stop);

    /// <summary>The request's state now.</summary>
    public Task<SpeechSnapshot> Look() => _speech.Wait(TimeSpan.Zero);

    /// <summary>The audio from its first byte to its last, as it is made.</summary>
    /// <exception cref="InvalidOperationException">The request failed or was stopped.</exception>
    public async IAsyncEnumerable<byte[]> Read([EnumeratorCancellation] CancellationToken stop)
    {
        for (long position = 0; ;)
        {
            var audio = await _speech.Read(position).WaitAsync(stop);
            if (audio.Bytes.Length > 0) yield return audio.Bytes;
            if (audio.IsLast) yield break;
            position += audio.Bytes.Length;
        }
    }

    /// <summary>Ends the request, whether its audio was read to its end or not.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _keepingAlive;
        _ended.Dispose();
        try
        {
            await _speech.Cancel();
        }
        catch (Exception e) when (e.IsSiloFault())
        {
            // The grain ends by itself if it gets no calls; if there is an error to report, it is the one that led here.
        }
    }

    private async Task KeepAlive(TimeProvider time)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token)) await Touch();
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
        }
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
