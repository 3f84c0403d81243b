using DiaOrleans.Abstractions.Calls;
using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Prompts;

/// <summary>One audio prompt; the key is its id.</summary>
[Alias("dia.audio-prompt")]
public interface IAudioPromptGrain : IGrainWithStringKey
{
    /// <summary>
    /// The registered prompt, or null if there is none with this id. Interleaves, because the catalogue calls it while a prompt waits for
    /// the catalogue.
    /// </summary>
    [Alias("get"), AlwaysInterleave, ResponseTimeout(AnswerLimits.Single)]
    Task<AudioPrompt?> Get();

    /// <summary>
    /// Registers a recording, in place of an earlier one. The codes of another recording are dropped, and so is its transcript
    /// unless it was set by hand. The prompt is stored and listed in the catalogue before the call returns.
    /// </summary>
    /// <returns>The prompt; null if it would be a new one and the limit on prompts is reached.</returns>
    /// <exception cref="ArgumentException">The key cannot be a prompt's id.</exception>
    [Alias("register"), ResponseTimeout(AnswerLimits.Several)]
    Task<AudioPrompt?> Register(PromptRecording recording);

    /// <summary>Sets the transcript; null removes it. Returns the changed prompt, or null if none is registered.</summary>
    [Alias("set-transcript"), ResponseTimeout(AnswerLimits.Single)]
    Task<AudioPrompt?> SetTranscript(PromptTranscript? transcript);

    /// <summary>The codes that this codec made of the registered recording, or null if they are not kept.</summary>
    /// <param name="codecFingerprint">Fingerprint of the codec.</param>
    [Alias("codes"), AlwaysInterleave, ResponseTimeout(AnswerLimits.Single)]
    Task<PromptCodes?> GetCodes(string codecFingerprint);

    /// <summary>
    /// Keeps codes beside those of other codecs, unless there are some of this codec: then those stay, so that two silos that have encoded
    /// a recording use the same. The oldest are dropped if too many codecs have encoded the recording.
    /// </summary>
    /// <returns>The codes of this codec that are kept; null if another recording is registered now.</returns>
    [Alias("keep-codes"), ResponseTimeout(AnswerLimits.Single)]
    Task<PromptCodes?> KeepCodes(PromptCodes codes);

    /// <summary>
    /// Removes the prompt with its codes from the state and the catalogue; its files are not touched. False if none is registered.
    /// </summary>
    [Alias("delete"), ResponseTimeout(AnswerLimits.Several)]
    Task<bool> Delete();
}

/// <summary>The registered audio prompts, in the order of their registration. One grain for the cluster: key 0.</summary>
[Alias("dia.audio-prompt-catalog")]
public interface IAudioPromptCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// All registered prompts. Interleaves, because it calls the prompts' grains, which call <see cref="Add"/> or <see cref="Remove"/>.
    /// </summary>
    [Alias("list"), AlwaysInterleave, ResponseTimeout(AnswerLimits.Several)]
    Task<IReadOnlyList<AudioPrompt>> List();

    /// <summary>Whether a prompt is listed, or can be added.</summary>
    [Alias("room"), ResponseTimeout(AnswerLimits.Single)]
    Task<bool> HasRoomFor(string promptId);

    /// <summary>Adds the id of a new prompt at the end unless it is listed. Called by prompt grains.</summary>
    /// <returns>False if it is not listed and the limit on prompts is reached.</returns>
    [Alias("enter"), ResponseTimeout(AnswerLimits.Single)]
    Task<bool> Enter(string promptId);

    /// <summary>Adds the id of a registered prompt at the end unless it is listed. Idempotent. Called by prompt grains.</summary>
    [Alias("add"), ResponseTimeout(AnswerLimits.Single)]
    Task Add(string promptId);

    /// <summary>Removes an id. Idempotent. Called by prompt grains.</summary>
    [Alias("remove"), ResponseTimeout(AnswerLimits.Single)]
    Task Remove(string promptId);
}
