using System.Globalization;
using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Grains.Jobs;
using DiaOrleans.Grains.Jobs.Submission;
using DiaOrleans.Server.Api.Pipeline;

namespace DiaOrleans.Server.Api.Jobs;

/// <summary>GET /jobs/{id}/events: the states of a job as server-sent events; docs/api.md, Jobs.</summary>
internal static class JobEventsEndpoint
{
    private const string LastIdHeader = "Last-Event-ID";

    /// <summary>Without an event for this time a comment is sent, so that a connection that has broken is noticed.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Sends the state at once, then each change, up to the final status. With the id of an event that the client has, it goes on after
    /// that one; a final state is sent in any case. A client that does not read for a minute is disconnected.
    /// </summary>
    public static async Task Send(
        HttpContext context,
        JobReads reads,
        JobService jobs,
        IHostApplicationLifetime lifetime,
        TimeProvider time)
    {
        // A server that stops ends the answer, and the client goes on with the next server.
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var stop = ends.Token;
        var state = await JobEndpoints.Find(context, reads.FindRevision);
        var known = ReadLastId(context.Request);
        var response = context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        await response.StartAsync(stop);
        try
        {
            await SendChanges(new EventWriter(response, time), jobs, state, known, stop);
        }
        catch (TimeoutException)
        {
            context.Abort();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client has gone, or the server stops.
        }
    }

    private static async Task SendChanges(EventWriter events, JobService jobs, JobRevision state, long known, CancellationToken stop)
    {
        while (true)
        {
            if (state.Number > known || state.Job.Status.IsFinal())
            {
                known = Math.Max(state.Number, known + 1);
                await events.Write(Event(known, state.Job), stop);
            }
            else
            {
                await events.Write(": waiting\n\n", stop);
            }

            if (state.Job.Status.IsFinal() || await jobs.Watch(state.Job.Id, known, Silence, stop) is not { } next) return;
            if (stop.IsCancellationRequested) return;
            state = next;
        }
    }

    private static string Event(long id, Job job) =>
        string.Create(CultureInfo.InvariantCulture, $"event: status\nid: {id}\ndata: {ApiJson.Serialize(JobView.FromJob(job))}\n\n");

    /// <summary>0 without the header, or if it is no id of an event.</summary>
    private static long ReadLastId(HttpRequest request) =>
        long.TryParse(request.Headers[LastIdHeader].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
}
