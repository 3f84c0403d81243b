using DiaOrleans.Inference.Decoding;
using DiaOrleans.Inference.Execution;

namespace DiaOrleans.Inference.Serving;

/// <summary>Checks whether a model can serve a call or a recording at any time.</summary>
internal sealed class Admission(SpeechModel model, ModelDescription facts)
{
    private const double SecondsPerTextId = 0.07;
    private const int MaxRecordingSeconds = 120;

    /// <summary>Why the model cannot serve the call, as a sentence; null if it can, as <paramref name="prepared"/>.</summary>
    public string? Unservable(SpeechCall call, out QueuedCall? prepared)
    {
        prepared = null;
        var dia = model.Dia;
        var ids = call.TextIds;
        var prompt = call.Prompt?.Rows ?? 0;
        var maxFrames = Math.Min(call.MaxFrames, dia.MaxNewFrames(prompt));
        if (ids.Length == 0) return "There is no text to speak.";
        if (ids.Length > facts.MaxTextIds)
            return $"The text is {ids.Length} bytes long; the model takes {facts.MaxTextIds}. Shorten it or send it in parts.";
        if (WrongCodes("prompt", call.Prompt) is { } wrongPrompt) return wrongPrompt;
        if (WrongCodes("speech made before", call.Made) is { } wrongMade) return wrongMade;
        if (call.MaxFrames < 1) return "The request must allow at least one frame.";
        if (maxFrames < 1) return $"The prompt's {prompt} frames leave no room for new ones.";
        if (WrongRest(call, maxFrames) is { } wrongRest) return wrongRest;
        var request = new DecodeRequest(ids, maxFrames, call.Seed, call.Prompt, call.Sampling, call.Made);
        var codec = model.Codec;
        var windows = new CallWindows(call.Prompt, codec.Context, codec.Config.HopLength, call.SamplesReceived, codec.LongestWindow);
        prepared = new QueuedCall(new SpeechRun(call), request, windows, PredictedSeconds(ids.Length, maxFrames));
        return null;
    }

    /// <summary>Why the recording cannot be encoded, as a sentence; null if it can.</summary>
    public string? Unservable(float[] samples)
    {
        if (samples.Length == 0) return "The recording is empty.";
        if (samples.Length > (long)MaxRecordingSeconds * facts.SampleRate)
            return $"The recording is {(double)samples.Length / facts.SampleRate:0.#} s long; {MaxRecordingSeconds} s are taken.";
        return Array.TrueForAll(samples, float.IsFinite) ? null : "The recording holds values that are not numbers.";
    }

    private string? WrongCodes(string what, CodeGrid? codes)
    {
        var channels = model.Dia.Delay.Channels;
        if (codes is null) return null;
        if (codes.Channels != channels) return $"The {what} has {codes.Channels} codebooks; the model has {channels}.";
        return codes.FindOutside(model.Dia.Rules.CodebookSize) is { } wrong ? $"The {what} holds {wrong}, which is not a code." : null;
    }

    private string? WrongRest(SpeechCall call, int maxFrames)
    {
        var made = call.Made?.Rows ?? 0;
        var samples = (long)made * model.Codec.Config.HopLength;
        if (made > maxFrames) return $"{made} frames were made before, of a request for {maxFrames}.";
        if (call.SamplesReceived < 0 || call.SamplesReceived > samples)
            return $"{call.SamplesReceived} samples were received of {made} frames, which have {samples}.";
        return null;
    }

    private double PredictedSeconds(int textIds, int maxFrames) => Math.Min(maxFrames / facts.FrameRate, 0.5 + SecondsPerTextId * textIds);
}
