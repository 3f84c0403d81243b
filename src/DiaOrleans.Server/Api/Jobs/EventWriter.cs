using System.Text;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>Writes server-sent events to a client, which has a limited time to take each.</summary>
/// <param name="response">The answer.</param>
/// <param name="time">Clock of the limit.</param>
internal sealed class EventWriter(HttpResponse response, TimeProvider time)
{
    /// <summary>A client that has taken nothing for so long is gone, or goes on with a connection of its own later.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Writes a piece and sends it.</summary>
    /// <exception cref="TimeoutException">The client does not read.</exception>
    public async Task Write(string text, CancellationToken stop)
    {
        using var tooLong = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, tooLong.Token);
        try
        {
            await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), either.Token);
            await response.Body.FlushAsync(either.Token);
        }
        catch (OperationCanceledException) when (tooLong.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new TimeoutException("The client does not read its events.");
        }
    }
}
