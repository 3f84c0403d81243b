using Orleans.Concurrency;

namespace DiaOrleans.Abstractions.Prompts;

/// <summary>One recording that voices may continue; the key is its id.</summary>
[Alias("dia.audio-prompt")]
public interface IAudioPromptGrain : IGrainWithStringKey
{
    /// <summary>What is known of it, or null where no such prompt is registered. Interleaves, because voices ask while a prompt asks voices.</summary>
    [Alias("get"), AlwaysInterleave]
    Task<AudioPrompt?> Get();

    /// <summary>Registers the recording or overwrites it; a new recording drops the old one's codes and, unless it was set by hand, its transcript. Stored and listed before the call returns.</summary>
    [Alias("register")]
    Task<AudioPrompt> Register(PromptRecording recording);

    /// <summary>Null forgets the transcript. Answers null where no such prompt is registered.</summary>
    [Alias("set-transcript")]
    Task<AudioPrompt?> SetTranscript(PromptTranscript? transcript);

    /// <summary>Codes kept for that codec and this recording (<see cref="AudioPrompt.Hash"/>), or null.</summary>
    [Alias("codes"), AlwaysInterleave]
    Task<PromptCodes?> GetCodes(string codecFingerprint);

    /// <summary>Keeps codes, unless the recording has changed since.</summary>
    [Alias("keep-codes")]
    Task KeepCodes(PromptCodes codes);

    /// <summary>False where there was none. Files are the caller's to remove.</summary>
    [Alias("delete")]
    Task<bool> Delete();
}

/// <summary>Which prompts are registered, in the order of their registration. One for the cluster: key 0.</summary>
[Alias("dia.audio-prompt-catalog")]
public interface IAudioPromptCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>All prompts. Interleaves, because it asks the prompts, and they call back.</summary>
    [Alias("list"), AlwaysInterleave]
    Task<IReadOnlyList<AudioPrompt>> List();

    /// <summary>Idempotent. Called by prompt grains.</summary>
    [Alias("add")]
    Task Add(string promptId);

    /// <summary>Idempotent. Called by prompt grains.</summary>
    [Alias("remove")]
    Task Remove(string promptId);
}
