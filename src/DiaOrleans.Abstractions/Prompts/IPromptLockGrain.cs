using DiaOrleans.Abstractions.Calls;

namespace DiaOrleans.Abstractions.Prompts;

/// <summary>
/// The lock of one audio prompt for all silos; the key is the prompt's id. It is in memory: if its silo fails, two silos may hold it for a
/// while.
/// </summary>
[Alias("dia.prompt-lock")]
public interface IPromptLockGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes the lock if it is free, or held by a silo that is dead, or for longer than five minutes. May be repeated.
    /// </summary>
    /// <param name="holder">Names this holding of the lock.</param>
    /// <param name="silo">The silo that holds it then; null if it is not known.</param>
    /// <returns>Whether the caller holds it now.</returns>
    [Alias("take"), ResponseTimeout("00:00:02")]
    Task<bool> TryTake(Guid holder, SiloAddress? silo);

    /// <summary>Gives the lock up. Does nothing if another one holds it.</summary>
    [Alias("release"), ResponseTimeout(AnswerLimits.Single)]
    Task Release(Guid holder);
}
