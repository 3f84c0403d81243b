using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.SiloReports;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;

namespace DiaOrleans.Grains.Recognition;

/// <summary>
/// Speech recognition by the silos of the cluster that recognise. If one of them is lost or silent, or cannot carry an order out for a
/// reason of its own, the next one is asked.
/// </summary>
/// <param name="reports">Says which silos recognise.</param>
/// <param name="own">The recognition of this silo.</param>
/// <param name="silo">This silo.</param>
/// <param name="grains">Calls other silos.</param>
/// <param name="time">Clock of the limits.</param>
/// <param name="logger">Log of silos that fail.</param>
internal sealed partial class ClusterRecognizer(
    ClusterReports reports,
    SiloRecognition own,
    ILocalSiloDetails silo,
    IGrainFactory grains,
    TimeProvider time,
    ILogger<ClusterRecognizer> logger) : ISpeechRecognizer
{
    /// <summary>A silo that has sent nothing for so long is silent: 20 heartbeats.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    public async Task<RecognizerStatus> GetStatus(string modelSize) => (await FindSilos()).GetStatus(modelSize);

    public Task Fetch(string modelSize, CancellationToken cancellationToken)
    {
        var order = new RecognitionOrder { Action = RecognitionAction.Fetch, ModelSize = modelSize, Asked = false };
        return RunInTurn(order, cancellationToken);
    }

    /// <summary>Loads it on all silos that have it on disk. If none has, one of them downloads it.</summary>
    public async Task Load(string modelSize, CancellationToken cancellationToken)
    {
        var order = new RecognitionOrder { Action = RecognitionAction.Load, ModelSize = modelSize, Asked = true };
        var holders = (await FindSilos()).WithModel(modelSize);
        if (holders.Count > 1)
        {
            var attempts = await Task.WhenAll(holders.Select(name => Try(name, order, cancellationToken)));
            if (attempts.All(attempt => attempt.Failure is not null)) throw MostTelling(attempts);
        }
        else
        {
            await RunInTurn(order, cancellationToken);
        }
    }

    public async Task<RecognizedSpeech> Recognize(float[] samples, string modelSize, bool asked, CancellationToken cancellationToken)
    {
        var order = new RecognitionOrder
        {
            Action = RecognitionAction.Recognize,
            ModelSize = modelSize,
            Asked = asked,
            Samples = samples,
            Digest = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(samples.AsSpan()))),
        };
        return (await RunInTurn(order, cancellationToken))!;
    }

    private async Task<RecognizerSilos> FindSilos() => new(await reports.Read());

    private async Task<RecognizedSpeech?> RunInTurn(RecognitionOrder order, CancellationToken stop)
    {
        var attempts = new List<Attempt>();
        var silos = await FindSilos();
        foreach (var name in silos.InTurn(order))
        {
            var attempt = await Try(name, order, stop);
            if (attempt.Failure is null) return attempt.Speech;
            attempts.Add(attempt);
        }

        if (attempts.Count > 0) throw MostTelling(attempts);
        throw silos.IsPartial
            ? new RecognizerUnavailableException(RecognizerSilos.NoneAnswers) { RetryAfter = RetryAfter }
            : new RecognizerUnavailableException(RecognizerSilos.None);
    }

    /// <summary>The result of a silo, or its failure if another silo may succeed; other failures are thrown.</summary>
    private async Task<Attempt> Try(string name, RecognitionOrder order, CancellationToken stop)
    {
        try
        {
            return new Attempt(await (name == silo.Name ? own.Run(order, stop) : RunAt(name, order, stop)), Failure: null);
        }
        catch (RecognizerUnavailableException e)
        {
            return new Attempt(null, e);
        }
        catch (RecognitionException e) when (e.Fault != RecognitionFault.Recording)
        {
            return new Attempt(null, e);
        }
    }

    private async Task<RecognizedSpeech?> RunAt(string name, RecognitionOrder order, CancellationToken stop)
    {
        var grain = grains.GetGrain<IRecognizerGrain>(new WorkerKey(name, Device: 0).ToString());
        var events = new WatchedEvents<RecognitionEvent>(end => grain.Run(order, end), time, stop);
        try
        {
            while (true)
            {
                var happened = await events.Next(Patience);
                stop.ThrowIfCancellationRequested();
                switch (happened)
                {
                    case null:
                        Log.Silent(logger, name);
                        throw Lost(name);
                    case RecognitionDone done:
                        return done.Speech;
                    case RecognitionFailed { Fault: { } fault } failed:
                        throw new RecognitionException(failed.Message) { Fault = fault };
                    case RecognitionFailed failed:
                        throw new RecognizerUnavailableException(failed.Message);
                }
            }
        }
        catch (Exception e) when (!stop.IsCancellationRequested && IsLoss(e))
        {
            Log.Failed(logger, name, e);
            throw Lost(name);
        }
        finally
        {
            events.Leave();
        }
    }

    /// <summary>A silo that stops ends its sequences of events.</summary>
    private static bool IsLoss(Exception e) =>
        e.IsSiloFault() || e is EnumerationAbortedException or OperationCanceledException or InvalidOperationException;

    private static RecognizerUnavailableException Lost(string name) =>
        new($"Speech recognition on the silo {name} does not answer.") { RetryAfter = RetryAfter };

    /// <summary>What a later attempt may change, else what went wrong, else what is missing.</summary>
    private static Exception MostTelling(IReadOnlyList<Attempt> attempts) => attempts
        .Select(attempt => attempt.Failure!)
        .OrderBy(failure => failure switch
        {
            RecognizerUnavailableException { RetryAfter: not null } => 0,
            RecognitionException => 1,
            _ => 2,
        })
        .First();

    /// <summary>What came of an order on a silo.</summary>
    private sealed record Attempt(RecognizedSpeech? Speech, Exception? Failure);

    private static partial class Log
    {
        [LoggerMessage(806, LogLevel.Warning, "Speech recognition on the silo {Silo} is silent; another silo is asked.")]
        public static partial void Silent(ILogger logger, string silo);

        [LoggerMessage(807, LogLevel.Warning, "Speech recognition on the silo {Silo} is lost; another silo is asked.")]
        public static partial void Failed(ILogger logger, string silo, Exception cause);
    }
}
