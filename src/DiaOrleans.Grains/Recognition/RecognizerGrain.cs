using System.Runtime.CompilerServices;
using DiaOrleans.Abstractions.Recognition;
using DiaOrleans.Grains.Placing;
using DiaOrleans.Grains.Waiting;
using DiaOrleans.Grains.Workers;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;

namespace DiaOrleans.Grains.Recognition;

/// <summary>
/// Gives other silos access to the speech recognition of this one. Reentrant: its streams are long, and no call blocks another. Its key
/// says where it is.
/// </summary>
[GrainType("dia.recognizer"), PinnedPlacement, GrainDirectory(NoDirectory.Name), Immovable, Reentrant]
internal sealed partial class RecognizerGrain(SiloRecognition recognition, TimeProvider time, ILogger<RecognizerGrain> logger)
    : Grain, IRecognizerGrain
{
    private static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromMilliseconds(250);

    public async IAsyncEnumerable<RecognitionEvent> Run(
        RecognitionOrder order,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var events = Events(order, cancellationToken).WithPauses(HeartbeatPeriod, time, cancellationToken);
        await foreach (var happened in events) yield return happened ?? new RecognitionHeartbeat();
    }

    private async IAsyncEnumerable<RecognitionEvent> Events(RecognitionOrder order, [EnumeratorCancellation] CancellationToken stop)
    {
        yield return await End(order, stop);
    }

    private async Task<RecognitionEvent> End(RecognitionOrder order, CancellationToken stop)
    {
        try
        {
            return new RecognitionDone(await recognition.Run(order, stop));
        }
        catch (RecognizerUnavailableException e)
        {
            return new RecognitionFailed(e.Message, Fault: null);
        }
        catch (RecognitionException e)
        {
            Log.Failed(logger, e);
            return new RecognitionFailed(e.Message, e.Fault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(805, LogLevel.Warning, "Speech recognition for another silo failed.")]
        public static partial void Failed(ILogger logger, Exception cause);
    }
}
