using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;
using DiaOrleans.Inference.Serving;

namespace DiaOrleans.Inference.Tests.Serving;

/// <summary>Admitted calls whose content does not matter.</summary>
internal static class TestCalls
{
    public static QueuedCall Queued(double seconds = 1, CallPriority priority = CallPriority.Waiting, CodeGrid? made = null)
    {
        var run = new SpeechRun(new SpeechCall { TextIds = [97], MaxFrames = 1, Seed = 0, Priority = priority, Made = made });
        var request = new DecodeRequest(TextIds: [97], MaxFrames: 1, Seed: 0, Prompt: null, Sampling: null);
        return new QueuedCall(run, request, new CallWindows(prompt: null, context: 10, hopLength: 512), seconds);
    }
}
