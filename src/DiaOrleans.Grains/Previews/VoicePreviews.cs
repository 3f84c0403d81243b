using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DiaOrleans.Abstractions.Prompts;
using DiaOrleans.Abstractions.Speech;
using DiaOrleans.Abstractions.Voices;
using DiaOrleans.Grains.Blobs;
using DiaOrleans.Grains.Prompts;
using DiaOrleans.Grains.Voices;

namespace DiaOrleans.Grains.Previews;

/// <summary>The preview of one version of a voice.</summary>
/// <param name="Key">The key of its WAV file in the blob store; it is the same for the same settings, recording and transcript.</param>
/// <param name="Request">The request that renders it, with a seed derived from the version.</param>
internal sealed record VoicePreview(string Key, SpeechRequest Request);

/// <summary>The previews of voices, kept in the blob store: the newest of each voice; docs/api.md, Voices.</summary>
internal sealed class VoicePreviews(IBlobStore blobs, VoiceReads voices, PromptReads prompts)
{
    /// <summary>Folder of the previews in the blob store.</summary>
    public const string Folder = "previews";

    private const string TagCharacters = "[]<>&";

    /// <summary>The preview of a voice as it is now, rendered or not; null if there is no such voice.</summary>
    public async Task<VoicePreview?> Find(string voiceId)
    {
        if (await voices.Find(voiceId) is not { } voice) return null;
        var promptId = voice.AudioPrompt;
        var prompt = promptId is not null && PromptId.CanExist(promptId) ? await prompts.Find(promptId) : null;
        var version = ComputeDigest(JsonSerializer.Serialize(new { voice, prompt?.Hash, prompt?.Transcript?.Text }));
        return new VoicePreview($"{KeyPrefix(voiceId)}{version}.wav", MakeRequest(voiceId, Convert.ToInt64(version, 16)));
    }

    /// <summary>The WAV file of a preview, or null if it has not been rendered.</summary>
    public Task<OpenBlob?> OpenRead(VoicePreview preview) => blobs.OpenRead(preview.Key);

    /// <summary>Keeps the WAV file of a preview and deletes those of earlier versions of the voice.</summary>
    public async Task Keep(VoicePreview preview, byte[] wave)
    {
        await blobs.Write(preview.Key, wave);
        var prefix = KeyPrefix(preview.Request.VoiceId);
        foreach (var other in await blobs.List(Folder))
        {
            if (other.Key != preview.Key && other.Key.StartsWith(prefix, StringComparison.Ordinal)) await blobs.Delete(other.Key);
        }
    }

    private static string KeyPrefix(string voiceId) => $"{Folder}/{ComputeDigest(voiceId)}-";

    /// <summary>The request for a dialogue that names the voice. What an id could hold of tags and pauses would be read as such.</summary>
    private static SpeechRequest MakeRequest(string voiceId, long seed) => new()
    {
        Text = $"[S1] Hello, my name is {WithoutTags(voiceId)}. [S2] How do you like my voice?",
        VoiceId = voiceId,
        Seed = seed,
    };

    private static string WithoutTags(string id) => string.Concat(id.Select(unit => TagCharacters.Contains(unit) ? ' ' : unit));

    /// <summary>The first 8 bytes of the SHA-256, lower-case hexadecimal.</summary>
    private static string ComputeDigest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
