using DiaOrleans.Abstractions.Jobs;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Abstractions.Workers;
using DiaOrleans.Grains.Scripts;
using DiaOrleans.Inference.Decoding;

namespace DiaOrleans.Grains.Jobs;

/// <summary>A request made ready for a model, or the reason why it cannot be.</summary>
internal sealed record SpeechPlan(SpeechWork? Work, string? Refusal)
{
    /// <summary><paramref name="seed"/> is the request's, or was drawn for it.</summary>
    public static SpeechPlan Make(Guid id, SpeechRequest request, VoiceSettings voice, ModelFacts model, long seed)
    {
        var text = ScriptText.Tag(ScriptText.Clean(request.Text), voice.PrimarySpeaker);
        var (own, ids) = (TextIds.OwnTextBytes(text), TextIds.Encode(text).Length);
        if (own > model.MaxTextBytes)
            return Refuse($"The text is {own} bytes long without its tags; this version speaks at most {model.MaxTextBytes} in one request with the loaded model. Send it in parts.");
        if (ids > model.MaxTextIds)
            return Refuse($"The text is {ids} bytes long, a tag counting one; the loaded model takes {model.MaxTextIds}. Send it in parts.");
        var frames = Math.Min(FrameBudget.ForText(model.FrameRate, own), model.MaxNewFrames);
        return new SpeechPlan(
            new SpeechWork
            {
                Id = id,
                Text = text,
                MaxFrames = Math.Min(frames, request.MaxTokens ?? int.MaxValue),
                Seed = seed,
                Guidance = request.CfgScale ?? model.Guidance,
                Temperature = request.Temperature ?? model.Temperature,
                TopP = request.TopP is > 0 and var topP ? topP : model.TopP,
            },
            null);
    }

    private static SpeechPlan Refuse(string reason) => new(null, reason);
}
