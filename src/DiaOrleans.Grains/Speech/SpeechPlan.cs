using System.Security.Cryptography;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Speech;

/// <summary>What a request asks of a certain model, or why that model cannot do it.</summary>
internal readonly record struct SpeechPlan(SpeechWork? Work, string? Rejection = null)
{
    /// <summary>Why no server of this release can do it, whatever the model; null where it can.</summary>
    public static string? Unservable(SpeechRequest request)
    {
        if (request.Format != "wav") return $"response_format '{request.Format}' is not served yet: ask for 'wav'.";
        return request.Speed == 1 ? null : "speed is not served yet: leave it out or send 1.0.";
    }

    /// <summary>Sizes the work for the model. <paramref name="text"/> is cleaned and tagged.</summary>
    public static SpeechPlan For(Guid id, SpeechRequest request, string text, ModelFacts model)
    {
        var ownBytes = TextIds.OwnTextBytes(text);
        var ids = TextIds.Encode(text).Length;
        if (ownBytes > model.MaxTextBytes)
            return new SpeechPlan(null, $"The text has {ownBytes} bytes and this model speaks {model.MaxTextBytes} at a time: shorten the text or split it.");
        if (ids > model.MaxTextIds)
            return new SpeechPlan(null, $"The text has {ids} ids, each tag counting one, and this model takes {model.MaxTextIds}: shorten the text or split it.");
        return new SpeechPlan(new SpeechWork
        {
            Id = id,
            Text = text,
            MaxFrames = Math.Min(Math.Min(request.MaxTokens ?? int.MaxValue, FrameBudget.ForText(model.FrameRate, ownBytes)), model.MaxNewFrames),
            Seed = request.Seed is { } seed and not -1 ? seed : BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))),
            Guidance = request.CfgScale ?? model.Guidance,
            Temperature = request.Temperature ?? model.Temperature,
            TopP = request.TopP is { } topP and not 0 ? topP : model.TopP,
        });
    }
}
